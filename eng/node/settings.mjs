// settings.mjs FILE: the Values of a local.settings.json as NAME=VALUE, each ended by a NUL, less those that the environment defines.
import { readFileSync } from "node:fs";

const { Values = {} } = JSON.parse(readFileSync(process.argv[2], "utf8").replace(/^\uFEFF/, ""));
for (const [name, value] of Object.entries(Values)) {
  const variable = name.replaceAll(":", "__");
  if (!(variable in process.env)) process.stdout.write(`${variable}=${value}\0`);
}
