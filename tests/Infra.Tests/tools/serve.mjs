// One process for all tests of a run, since loading the parsers takes longer than using them.
// A line {"tool": ..., ...arguments} on stdin is answered by a line {"result": ...} or {"fault": ...} on stdout; it ends with stdin.
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { mutate } from './mutate.mjs';
import { queries } from './queries.mjs';
import { readYaml, schemaFaults } from './schema-check.mjs';
import { simulate } from './simulate.mjs';
import { workflowFaults } from './workflow-check.mjs';

const require = createRequire(import.meta.url);
const { diagnose } = require('./kusto.cjs');
const { run } = require('./kusto-run.cjs');
const streams = new Map();
const tools = {
  // A stream is sent once, and named afterwards.
  record: ({ name, stream }) => { streams.set(name, stream); },
  mutate: ({ played }) => mutate({ played: played.map(({ rule, stream }) => ({ rule, stream: streams.get(stream) })) }),
  queries,
  diagnose: ({ query }) => diagnose(query),
  query: ({ query, tables, now }) => run(query, tables, now, -Infinity),
  readYaml,
  schemaFaults,
  simulate: ({ rules, stream }) => simulate({ rules, stream: streams.get(stream) }),
  workflowFaults,
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { tool, ...given } = JSON.parse(line);
    answer = { result: (await tools[tool](given)) ?? null };
  } catch (fault) {
    answer = { fault: fault.message };
  }
  process.stdout.write(`${JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`);
}
