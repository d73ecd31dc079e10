// example-request.mjs BASE KEY: prints a request to paste for a model that is there: the sample model's first golden case, or values that another's schema takes.
import { existsSync, readFileSync } from "node:fs";

const [base, key] = process.argv.slice(2);
const golden = new URL("../../samples/intent/package/golden.json", import.meta.url);
const headers = { "x-functions-key": key };

const ask = async (path) => (await fetch(`${base}${path}`, { headers, signal: AbortSignal.timeout(30_000) })).json();

function exampleOf({ features = [], inputs = [] }) {
  if (features.length) return Object.fromEntries(features.map((feature) => [feature.name, valueOf(feature)]));
  const tensors = inputs.map((input) => [input.name, tensorOf(input.type)]);
  return tensors.length === 1 ? tensors[0][1] : Object.fromEntries(tensors);
}

function valueOf(feature) {
  switch (feature.type) {
    case "number": return feature.default ?? Math.max(feature.min ?? 0, Math.min(0, feature.max ?? 0));
    case "boolean": return feature.default ?? false;
    case "category": return feature.default ?? feature.values[0];
    default: return feature.default ?? "a text";
  }
}

// `float32 [rows, 4]`: the first dimension is the instances'; one that is not known is 1.
function tensorOf(type) {
  const [, element, shape] = /^(\w+) \[(.*)\]$/.exec(type) ?? [null, "float32", ""];
  const value = { string: "a text", bool: false }[element] ?? 0;
  return shape.split(",").slice(1).map((size) => Number(size) || 1).reduceRight((inner, size) => Array(size).fill(inner), value);
}

const models = (await ask("/api/models").catch(() => ({}))).models ?? [];
const model = models.find(({ name }) => name === "intent") ?? models.find(({ loaded }) => loaded.length) ?? models.find(({ versions }) => versions.length);
const described = model && (await ask(`/api/models/${model.name}`).catch(() => undefined));

// A golden case of the sample model fits another model of that name only by chance.
const isSample = model?.name === "intent" && existsSync(golden) && described?.schema?.features.some(({ name }) => name === "PageValues");
if (described?.version) {
  const instance = isSample ? JSON.parse(readFileSync(golden, "utf8")).cases[0].instance : exampleOf(described.schema);
  const body = JSON.stringify({ instances: [instance] }).replaceAll("'", "'\\''");
  console.log(`curl -s ${base}/api/score/${model.name} -H 'x-functions-key: ${key}' -H 'content-type: application/json' -d '${body}'`);
} else {
  console.log(`curl -s ${base}/api/models -H 'x-functions-key: ${key}'`);
}
