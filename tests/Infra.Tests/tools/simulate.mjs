// Plays recorded rows against the rules as deployed: per rule, when it fired.
// A stream is {from, to, tables: {AppMetrics: [...], StorageQueueLogs: [...]}}; times are in ms.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { run } = require('./kusto-run.cjs');
const duration = text => { const [, count, unit] = /^PT(\d+)([HM])$/.exec(text); return Number(count) * (unit === 'H' ? 3_600_000 : 60_000); };
const holds = {
  GreaterThan: (value, threshold) => value > threshold,
  GreaterThanOrEqual: (value, threshold) => value >= threshold,
  LessThan: (value, threshold) => value < threshold,
  LessThanOrEqual: (value, threshold) => value <= threshold,
};
const aggregation = { Maximum: values => Math.max(...values), Minimum: values => Math.min(...values), Total: values => values.reduce((a, b) => a + b, 0) };

export function simulate({ rules, stream }) {
  const tables = { AppMetrics: [], StorageQueueLogs: [], ...stream.tables };
  const fired = {};
  for (const { properties: rule } of rules.filter(each => each.properties.enabled)) {
    const name = rule.actions.customProperties.runbook.split('#').at(-1);
    const every = duration(rule.evaluationFrequency);
    for (let now = Math.ceil(stream.from / every) * every; now <= stream.to; now += every) {
      for (const of of firingAt(rule, name, tables, now)) {
        (fired[name] ??= []).push({ at: now, of });
      }
    }
  }
  return fired;
}

/** The values of the dimension that a rule splits by for which its condition holds at a time. */
function firingAt(rule, name, tables, now) {
  const criterion = rule.criteria.allOf[0];
  const window = duration(rule.windowSize);
  const { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: needed } = criterion.failingPeriods;
  const from = now - window * periods;
  const within = Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.filter(row => row.TimeGenerated >= from && row.TimeGenerated < now)]));
  const split = criterion.dimensions[0]?.name;
  const windows = new Map();
  for (const row of run(criterion.query, within, now)) {
    if (!(criterion.metricMeasureColumn in row)) {
      throw new Error(`The query of ${name} has no column ${criterion.metricMeasureColumn}.`);
    }
    if (periods > 1 && !('TimeGenerated' in row)) {
      throw new Error(`The query of ${name} needs a time column to tell its ${periods} periods apart.`);
    }
    const of = split ? String(row[split]) : '';
    const index = periods > 1 ? Math.floor((row.TimeGenerated - from) / window) : 0;
    const values = windows.get(of) ?? windows.set(of, new Map()).get(of);
    values.set(index, [...(values.get(index) ?? []), Number(row[criterion.metricMeasureColumn])]);
  }
  const fails = values => holds[criterion.operator](aggregation[criterion.timeAggregation](values), criterion.threshold);
  return [...windows].filter(([, values]) => [...values.values()].filter(fails).length >= needed).map(([of]) => of);
}
