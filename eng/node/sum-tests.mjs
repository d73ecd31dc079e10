// sum-tests.mjs FOLDER [partial] [figures]: adds up NAME.trx and NAME.status (the exit code of NAME's run) of every test assembly.
// partial: an assembly may have run no test. figures: show what each test printed last.
// sum-tests.mjs FOLDER only NAME SECONDS: one line about one assembly, while others are still to run.
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

const results = (trx) => trx.matchAll(/<UnitTestResult ([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g);
const outcomeOf = (attributes) => /outcome="([^"]*)"/.exec(attributes)?.[1];

// Of each test and how long it ran; what took less than a second is not worth a line.
const slow = [];
const SHOWN = 10;

function takeTime(test, attributes) {
  const [, hours, minutes, seconds] = /duration="(\d+):(\d+):([\d.]+)"/.exec(attributes) ?? [];
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (time >= 1) slow.push({ test, time });
}

function tell(name, seconds, trx) {
  const count = { Passed: 0, Failed: 0, NotExecuted: 0 };
  for (const [, attributes] of results(trx)) count[outcomeOf(attributes)]++;
  console.log(`${name}: ${count.Passed} passed, ${count.Failed} failed${count.NotExecuted ? `, ${count.NotExecuted} skipped` : ""} in ${seconds} s`);
}

function addUp(name, status, trx) {
  const before = sum.failed;
  let count = 0;
  for (const [, attributes, body = ""] of results(trx)) {
    count++;
    const test = text(/testName="([^"]*)"/.exec(attributes)[1]);
    const outcome = outcomeOf(attributes);
    takeTime(test, attributes);
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

const trxOf = (name) => {
  const trx = join(folder, `${name}.trx`);
  return existsSync(trx) ? readFileSync(trx, "utf8") : "";
};

if (options[0] === "only") {
  tell(options[1], options[2], trxOf(options[1]));
  process.exit();
}

for (const file of readdirSync(folder).filter((file) => file.endsWith(".status")).sort()) {
  const name = file.slice(0, -".status".length);
  addUp(name, Number(readFileSync(join(folder, file), "utf8")), trxOf(name));
}

if (sum.passed + sum.failed + sum.skipped === 0) {
  sum.failed++;
  console.log("No test matches.");
}
if (slow.length) {
  console.log("The slowest tests:");
  slow.sort((one, other) => other.time - one.time);
  for (const { test, time } of slow.slice(0, SHOWN)) console.log(`${time.toFixed(1).padStart(7)} s  ${test}`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ""}`);
process.exitCode = sum.failed ? 1 : 0;
