// example-request.mjs BASE KEY: prints a request to paste, with the first golden case of the sample model where that is there.
import { existsSync, readFileSync } from "node:fs";

const [base, key] = process.argv.slice(2);
const golden = new URL("../../samples/intent/package/golden.json", import.meta.url);

if (existsSync(golden)) {
  const body = JSON.stringify({ instances: [JSON.parse(readFileSync(golden, "utf8")).cases[0].instance] });
  console.log(`curl -s ${base}/api/score/intent -H 'x-functions-key: ${key}' -H 'content-type: application/json' -d '${body}'`);
} else {
  console.log(`curl -s ${base}/api/models -H 'x-functions-key: ${key}'`);
}
