// sum-tests.mjs FOLDER [partial] [figures]: adds up NAME.trx and NAME.status (the exit code of NAME's run) of every test assembly.
// partial: an assembly may have run no test. figures: show what each test printed last.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, ...options] = process.argv.slice(2);
const partial = options.includes("partial");
const figures = options.includes("figures");
const sum = { passed: 0, failed: 0, skipped: 0 };

const text = (xml) =>
  xml.replace(/&(lt|gt|quot|apos|amp|#x([0-9a-f]+));/gi, (_, name, code) =>
    code ? String.fromCodePoint(parseInt(code, 16)) : { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }[name]);
const element = (xml, name) => text(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? "").trim();

function addUp(name, status, trx) {
  const before = sum.failed;
  let count = 0;
  for (const [, attributes, body = ""] of trx.matchAll(/<UnitTestResult ([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)) {
    count++;
    const test = text(/testName="([^"]*)"/.exec(attributes)[1]);
    const outcome = /outcome="([^"]*)"/.exec(attributes)?.[1];
    if (outcome === "Passed") sum.passed++;
    else if (outcome === "NotExecuted") {
      sum.skipped++;
      console.log(`skipped ${test}: ${element(body, "Message") || element(body, "StdOut")}`);
    } else sum.failed++;
    if (figures && element(body, "StdOut")) console.log(`${test}: ${element(body, "StdOut").split("\n").at(-1)}`);
  }
  // What no single test accounts for is a failure of its own.
  if (status !== 0 && sum.failed === before) {
    sum.failed++;
    console.log(`${name} ended with status ${status} though none of its tests failed: it crashed, or was stopped.`);
  } else if (count === 0 && !partial) {
    sum.failed++;
    console.log(`${name} ran no test.`);
  }
}

for (const file of readdirSync(folder).filter((file) => file.endsWith(".status")).sort()) {
  const name = file.slice(0, -".status".length);
  const trx = join(folder, `${name}.trx`);
  addUp(name, Number(readFileSync(join(folder, file), "utf8")), existsSync(trx) ? readFileSync(trx, "utf8") : "");
}

if (sum.passed + sum.failed + sum.skipped === 0) {
  sum.failed++;
  console.log("No test matches.");
}
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ""}`);
process.exitCode = sum.failed ? 1 : 0;
