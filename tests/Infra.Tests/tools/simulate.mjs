// Plays recorded rows against the rules as deployed: per rule and dimension, when it fired.
// A stream is {from, to, tables: {AppMetrics: [...], StorageQueueLogs: [...], ...}}; times are in ms, rows in their order of time.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { run } = require('./kusto-run.cjs');
const unit = { D: 86_400_000, H: 3_600_000, M: 60_000 };
const holds = {
  GreaterThan: (value, threshold) => value > threshold,
  GreaterThanOrEqual: (value, threshold) => value >= threshold,
  LessThan: (value, threshold) => value < threshold,
  LessThanOrEqual: (value, threshold) => value <= threshold,
};
const aggregation = { Maximum: values => Math.max(...values), Minimum: values => Math.min(...values), Total: values => values.reduce((a, b) => a + b, 0) };

/** Milliseconds of PT5M, PT1H or P2D. */
export function duration(text) {
  const [, days, count, of] = /^P(?:(\d+)D|T(\d+)([HM]))$/.exec(text);
  return days ? Number(days) * unit.D : Number(count) * unit[of];
}

export const nameOf = rule => rule.actions.customProperties.rule;

/** What a rule does on a stream: {"errors 1 intent": [times]}. */
export function outcome(rule, stream) {
  const fired = {};
  const every = duration(rule.evaluationFrequency);
  for (let now = (Math.floor(stream.from / every) + 1) * every; now <= stream.to; now += every) {
    for (const of of firingAt(rule, stream, now)) {
      (fired[`${nameOf(rule)} ${rule.severity}${of ? ` ${of}` : ''}`] ??= []).push(now);
    }
  }
  return fired;
}

/** When each rule fired, in minutes from the start of the stream. */
export function simulate({ rules, stream }) {
  const played = rules.map(each => each.properties).filter(rule => rule.enabled).map(rule => outcome(rule, stream));
  return Object.fromEntries(played.flatMap(fired => Object.entries(fired)).map(([alert, times]) => [alert, times.map(time => (time - stream.from) / unit.M)]));
}

/** The values of the dimension that a rule splits by for which its condition holds at a time. */
function firingAt(rule, stream, now) {
  const criterion = rule.criteria.allOf[0];
  const window = duration(rule.windowSize);
  const { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: needed } = criterion.failingPeriods;
  const from = now - window * periods;
  const split = criterion.dimensions[0]?.name;
  const windows = new Map();
  for (const row of run(criterion.query, stream.tables, now, from)) {
    if (!(criterion.metricMeasureColumn in row)) {
      throw new Error(`The query of ${nameOf(rule)} has no column ${criterion.metricMeasureColumn}.`);
    }
    if (periods > 1 && !('TimeGenerated' in row)) {
      throw new Error(`The query of ${nameOf(rule)} needs a time column to tell its ${periods} periods apart.`);
    }
    const of = split ? String(row[split]) : '';
    const index = periods > 1 ? Math.floor((row.TimeGenerated - from) / window) : 0;
    const values = windows.get(of) ?? windows.set(of, new Map()).get(of);
    values.set(index, [...(values.get(index) ?? []), Number(row[criterion.metricMeasureColumn])]);
  }
  const fails = values => holds[criterion.operator](aggregation[criterion.timeAggregation](values), criterion.threshold);
  return [...windows].filter(([, values]) => [...values.values()].filter(fails).length >= needed).map(([of]) => of);
}
