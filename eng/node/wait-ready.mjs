// wait-ready.mjs URL PID SECONDS LOG: ends with 0 once the URL answers 200, with 1 when the process ends first, with 2 when the time is over.
// What the log says of models that cannot be loaded at start is passed on at once.
import { existsSync, readFileSync } from "node:fs";

const [url, pid, seconds, log] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;
const said = new Set();

function passOn() {
  if (!existsSync(log)) return;
  for (const [line] of readFileSync(log, "utf8").matchAll(/\S+ is to be loaded at start and cannot be yet: .*/g)) {
    if (!said.has(line)) console.error(`${line} Scoring__Preload says what is loaded at start.`);
    said.add(line);
  }
}

while (Date.now() < deadline) {
  try {
    if ((await fetch(url, { signal: AbortSignal.timeout(5000) })).status === 200) process.exit(0);
  } catch {
    // Nobody listens yet.
  }
  try {
    process.kill(Number(pid), 0);
  } catch {
    process.exit(1);
  }
  passOn();
  await new Promise((resume) => setTimeout(resume, 100));
}
process.exit(2);
