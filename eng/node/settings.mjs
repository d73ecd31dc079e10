// settings.mjs FILE: a local.settings.json as NAME=VALUE, each ended by a NUL, less the names that the environment defines.
// Values keep their names; Host.CORS becomes LocalSettings__Host__CORS, which is where src/LocalHost looks for it.
import { readFileSync } from "node:fs";

const stringOrComment = /("(?:\\.|[^"\\])*")|\/\/.*|\/\*[\s\S]*?\*\//g;
const json = readFileSync(process.argv[2], "utf8").replace(/^\uFEFF/, "").replace(stringOrComment, (_, string) => string ?? "");
const { Values = {}, Host = {} } = JSON.parse(json);

const settings = [
  ...Object.entries(Values).map(([name, value]) => [name.replaceAll(":", "__"), value]),
  ...Object.entries(Host).map(([name, value]) => [`LocalSettings__Host__${name}`, value]),
];
for (const [name, value] of settings) {
  if (!(name in process.env)) process.stdout.write(`${name}=${value}\0`);
}
