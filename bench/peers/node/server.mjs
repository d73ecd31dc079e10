// server.mjs PORT PACKAGE PROCESSES: the sample model as one would serve it with Node: fastify's own schema validation, onnxruntime-node, one thread a run.
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Fastify from "fastify";
import * as ort from "onnxruntime-node";

const [port, folder, processes] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])];

if (processes > 1 && cluster.isPrimary) {
  // Until all of them answer: the parent's output tells when.
  let listening = 0;
  cluster.on("listening", () => ++listening === processes && console.log("listening"));
  cluster.on("exit", () => process.exit(1));
  for (let i = 0; i < processes; i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  await serve();
  if (!cluster.isWorker) console.log("listening");
}

async function serve() {
  const config = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const session = await ort.InferenceSession.create(join(folder, "model.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const columns = config.features.map(feature => ({ ...feature, width: feature.type === "category" ? feature.values.length : 1 }));
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const scores = session.outputNames.indexOf(config.outputs.probabilities);

  const app = Fastify({ logger: false });
  app.post("/api/score/intent", { schema: { body: bodySchema(config.features), response: { 200: answerSchema(config.labels) } } }, async request => {
    const { instances } = request.body;
    const data = new Float32Array(instances.length * width);
    instances.forEach((instance, row) => encode(instance, columns, data, row * width));
    const output = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", data, [instances.length, width]) });
    const probabilities = output[session.outputNames[scores]].data;
    return { model: "intent", version: "1", predictions: instances.map((_, row) => predict(probabilities, row, config.labels)) };
  });
  await app.listen({ port, host: "127.0.0.1" });
}

function encode(instance, columns, data, start) {
  for (const { name, type, values, aliases, width, default: absent } of columns) {
    const value = instance[name] ?? absent;
    if (type === "category") {
      const index = values.indexOf(aliases?.[value] ?? value);
      if (index >= 0) data[start + index] = 1;
    } else {
      data[start] = Number(value);
    }
    start += width;
  }
}

function predict(scores, row, labels) {
  const probabilities = {};
  let best = 0;
  for (let i = 0; i < labels.length; i++) {
    const score = scores[row * labels.length + i];
    probabilities[labels[i]] = score;
    if (score > scores[row * labels.length + best]) best = i;
  }
  return { label: labels[best], probability: probabilities[labels[best]], probabilities };
}

function bodySchema(features) {
  const properties = {};
  for (const { name, type, min, max, values, other = [], aliases = {} } of features) {
    properties[name] = type === "number" ? { type: "number", minimum: min, maximum: max }
      : type === "boolean" ? { type: "boolean" }
      : { type: "string", enum: [...values, ...other, ...Object.keys(aliases)] };
  }
  const required = features.filter(feature => feature.default === undefined).map(feature => feature.name);
  const instance = { type: "object", properties, required, additionalProperties: false };
  return { type: "object", required: ["instances"], properties: { instances: { type: "array", maxItems: 1024, items: instance } } };
}

function answerSchema(labels) {
  const probabilities = { type: "object", properties: Object.fromEntries(labels.map(label => [label, { type: "number" }])) };
  const prediction = { type: "object", properties: { label: { type: "string" }, probability: { type: "number" }, probabilities } };
  return { type: "object", properties: { model: { type: "string" }, version: { type: "string" }, predictions: { type: "array", items: prediction } } };
}
