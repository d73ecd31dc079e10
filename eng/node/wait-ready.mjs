// wait-ready.mjs URL PID SECONDS: ends with 0 once the URL answers 200, with 1 when the process ends first, with 2 when the time is over.
const [url, pid, seconds] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;

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
  await new Promise((resume) => setTimeout(resume, 100));
}
process.exit(2);
