// embeddings.mjs PORT PACKAGE: an encoder as one would serve it with Node: fastify, Hugging Face's tokenizer, onnxruntime-node with one thread a run, the mean of
// the tokens, of length one. PACKAGE holds model.onnx and tokenizer.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Fastify from "fastify";
import { Tokenizer } from "@huggingface/tokenizers";
import * as ort from "onnxruntime-node";

const [port, folder] = [Number(process.argv[2]), process.argv[3]];
const maxTokens = 256;
const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")), {});
const session = await ort.InferenceSession.create(join(folder, "model.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1 });

const app = Fastify({ logger: false });
const texts = { type: "array", items: { type: "string" } };
const body = { type: "object", required: ["model", "input"], properties: { model: { type: "string" }, input: texts } };
const data = { type: "array", items: { type: "object", properties: { object: { type: "string" }, index: { type: "integer" }, embedding: { type: "array", items: { type: "number" } } } } };
app.post("/v1/embeddings", { schema: { body, response: { 200: { type: "object", properties: { object: { type: "string" }, data, model: { type: "string" } } } } } }, async request => {
  const vectors = await embed(request.body.input);
  return { object: "list", data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })), model: request.body.model };
});
await app.listen({ port, host: "127.0.0.1" });
console.log("listening");

async function embed(inputs) {
  const rows = inputs.map(text => cut(tokenizer.encode(text).ids));
  const width = Math.max(...rows.map(row => row.length));
  const [ids, mask, types] = [0, 1, 2].map(() => new BigInt64Array(rows.length * width));
  rows.forEach((row, index) => row.forEach((id, token) => {
    ids[index * width + token] = BigInt(id);
    mask[index * width + token] = 1n;
  }));
  const shape = [rows.length, width];
  const output = await session.run({
    input_ids: new ort.Tensor("int64", ids, shape), attention_mask: new ort.Tensor("int64", mask, shape), token_type_ids: new ort.Tensor("int64", types, shape),
  });
  const hidden = output[session.outputNames[0]];
  return rows.map((row, index) => mean(hidden.data, index * width, row.length, hidden.dims[2]));
}

// The last id closes the text, also one that is cut.
function cut(ids) {
  return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1)];
}

function mean(hidden, first, count, size) {
  const vector = new Array(size).fill(0);
  for (let token = 0; token < count; token++) {
    const start = (first + token) * size;
    for (let i = 0; i < size; i++) vector[i] += hidden[start + i];
  }
  const length = Math.hypot(...vector);
  return vector.map(value => value / length);
}
