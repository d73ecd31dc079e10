// Edits each number of a rule by a step, up and down, and each comparison by its bound, and asks whether some recorded stream tells the edited rule from the
// deployed one.
import { duration, outcome } from './simulate.mjs';

// What Azure takes for these, in order: a step is the neighbour.
const windows = ['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT45M', 'PT1H', 'PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H', 'P1D', 'P2D'];
const frequencies = ['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT45M', 'PT1H', 'PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H', 'P1D'];

// Comments; strings, of which only numbers that stand alone count; other numbers, not those within names; comparisons of order.
const tokens = /\/\/[^\n]*|"[^"]*"|(?<![\w.])\d+(\.\d+)?|[<>]=?/g;

/** The rule with an edit: copies what changes. */
const withQuery = (rule, query) => withCriterion(rule, { query });
const withCriterion = (rule, change) => ({ ...rule, criteria: { ...rule.criteria, allOf: [{ ...rule.criteria.allOf[0], ...change }] } });

/** A number, one step of its last digit further; a comparison, with its bound or without. */
function step(text, sign) {
  if (/^[<>]/.test(text)) {
    return sign > 0 ? null : text.endsWith('=') ? text[0] : `${text}=`;
  }
  const digits = text.split('.')[1]?.length ?? 0;
  const value = Number(text) + sign * 10 ** -digits;
  return value < 0 ? null : value.toFixed(digits);
}

/** Where the numbers and comparisons of a query stand: [start, end). */
function numbersOf(query) {
  return [...query.matchAll(tokens)].flatMap(found => {
    if (found[0].startsWith('//')) {
      return [];
    }
    if (found[0].startsWith('"')) {
      return [...found[0].matchAll(/(?<=\s)\d+(?=["\s])/g)].map(number => [found.index + number.index, found.index + number.index + number[0].length]);
    }
    return [[found.index, found.index + found[0].length]];
  });
}

/** Every edit of a rule: {name, apply}. An edit that would be no rule, such as a negative count, is left out. */
export function editsOf(rule) {
  const edits = [];
  const criterion = rule.criteria.allOf[0];
  numbersOf(criterion.query).forEach(([start, end], index) => {
    const line = criterion.query.slice(0, start).split('\n').length;
    for (const sign of [1, -1]) {
      const text = step(criterion.query.slice(start, end), sign);
      if (text !== null) {
        edits.push({
          name: `query line ${line}, column ${start - criterion.query.lastIndexOf('\n', start)}: ${criterion.query.slice(start, end)} to ${text}`,
          apply: of => {
            const { query } = of.criteria.allOf[0];
            const [from, to] = numbersOf(query)[index];
            return withQuery(of, query.slice(0, from) + text + query.slice(to));
          },
        });
      }
    }
  });
  const operators = { GreaterThan: 'GreaterThanOrEqual', GreaterThanOrEqual: 'GreaterThan', LessThan: 'LessThanOrEqual', LessThanOrEqual: 'LessThan' };
  // Most queries give no row of 0: there the bound of a threshold of 0 makes no difference.
  if (criterion.threshold > 0) {
    edits.push({ name: `operator ${criterion.operator}`, apply: of => withCriterion(of, { operator: operators[of.criteria.allOf[0].operator] }) });
  }
  const numeric = (name, value, least, apply) => [1, -1].filter(sign => value + sign >= least).forEach(sign => edits.push({ name: `${name} ${value} to ${value + sign}`, apply: of => apply(of, value + sign) }));
  numeric('threshold', criterion.threshold, 0, (of, threshold) => withCriterion(of, { threshold }));
  numeric('severity', rule.severity, 0, (of, severity) => ({ ...of, severity }));
  const { numberOfEvaluationPeriods, minFailingPeriodsToAlert } = criterion.failingPeriods;
  numeric('periods', numberOfEvaluationPeriods, 1, (of, value) => withCriterion(of, { failingPeriods: { numberOfEvaluationPeriods: value, minFailingPeriodsToAlert } }));
  numeric('failing periods', minFailingPeriodsToAlert, 1, (of, value) => withCriterion(of, { failingPeriods: { numberOfEvaluationPeriods, minFailingPeriodsToAlert: value } }));
  const neighbours = (name, among, value, apply) => [1, -1].map(sign => among[among.findIndex(each => duration(each) === duration(value)) + sign]).filter(Boolean)
    .forEach(each => edits.push({ name: `${name} ${value} to ${each}`, apply: of => apply(of, each) }));
  neighbours('window', windows, rule.windowSize, (of, windowSize) => ({ ...of, windowSize }));
  neighbours('frequency', frequencies, rule.evaluationFrequency, (of, evaluationFrequency) => ({ ...of, evaluationFrequency }));
  return edits;
}

/** What is told of each edit of a rule: how many there are, and those that no stream tells from the rule. played: [{rule, stream}]. */
export function mutate({ played }) {
  let left = editsOf(played[0].rule);
  const edits = left.length;
  for (const { rule, stream } of played) {
    const as = JSON.stringify(outcome(rule, stream));
    left = left.filter(edit => {
      try {
        return JSON.stringify(outcome(edit.apply(rule), stream)) === as;
      } catch {
        return false; // Azure refuses it as well.
      }
    });
  }
  return { edits, unnoticed: left.map(edit => edit.name) };
}
