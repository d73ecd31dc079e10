// node simulate.mjs FOLDER < STREAM: plays rows against the rules as deployed and prints, per rule, when it fired.
// STREAM: {"from":ms,"to":ms,"tables":{"AppMetrics":[…],"StorageQueueLogs":[…]}}, TimeGenerated in ms.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { deployment } from './deployment.mjs';

const require = createRequire(import.meta.url);
const { run } = require('./kusto-run.cjs');
const stream = JSON.parse(fs.readFileSync(0, 'utf8'));
const tables = { AppMetrics: [], StorageQueueLogs: [], ...stream.tables };
const duration = text => { const [, count, unit] = /^PT(\d+)([HM])$/.exec(text); return Number(count) * (unit === 'H' ? 3_600_000 : 60_000); };
const exceeds = { GreaterThan: (value, threshold) => value > threshold, GreaterThanOrEqual: (value, threshold) => value >= threshold };
const aggregation = { Maximum: values => Math.max(...values), Minimum: values => Math.min(...values), Total: values => values.reduce((a, b) => a + b, 0) };

const rules = deployment(path.resolve(process.argv[2])).rules.map(({ properties: rule }) => ({
  name: rule.actions.customProperties.runbook.split('#').at(-1),
  every: duration(rule.evaluationFrequency),
  window: duration(rule.windowSize),
  enabled: rule.enabled,
  ...rule.criteria.allOf[0],
}));

/** The values of the split-by dimension for which the rule's condition holds at a time. */
function firingAt(rule, now) {
  const { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: needed } = rule.failingPeriods;
  const from = now - rule.window * periods;
  const within = Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.filter(row => row.TimeGenerated >= from && row.TimeGenerated < now)]));
  const split = rule.dimensions[0]?.name;
  const windows = new Map();
  for (const row of run(rule.query, within, now)) {
    if (!(rule.metricMeasureColumn in row)) {
      throw new Error(`The query of ${rule.name} has no column ${rule.metricMeasureColumn}.`);
    }
    if (periods > 1 && !('TimeGenerated' in row)) {
      throw new Error(`The query of ${rule.name} needs a time column to tell its ${periods} periods apart.`);
    }
    const of = split ? String(row[split]) : '';
    const window = periods > 1 ? Math.floor((row.TimeGenerated - from) / rule.window) : 0;
    const values = windows.get(of) ?? windows.set(of, new Map()).get(of);
    values.set(window, [...(values.get(window) ?? []), Number(row[rule.metricMeasureColumn])]);
  }
  return [...windows].filter(([, values]) =>
    [...values.values()].filter(each => exceeds[rule.operator](aggregation[rule.timeAggregation](each), rule.threshold)).length >= needed).map(([of]) => of);
}

const fired = {};
for (const rule of rules.filter(each => each.enabled)) {
  for (let now = Math.ceil(stream.from / rule.every) * rule.every; now <= stream.to; now += rule.every) {
    for (const of of firingAt(rule, now)) {
      (fired[rule.name] ??= []).push({ at: now, of });
    }
  }
}
process.stdout.write(JSON.stringify(fired));
