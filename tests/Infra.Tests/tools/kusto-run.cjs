// Runs the few operators of Kusto that the queries use, straight from the language service's tree. What it does not know it refuses, so a query
// that grows beyond it fails its test rather than being half understood.
// Values: string, boolean, null, plain objects for dynamic; long is BigInt, so that it divides as Kusto does; real, datetime (ms) and timespan (ms) are numbers.
const { parse, all } = require('./kusto.cjs');

const parts = { day: 'd', hour: 'h', minute: 'm', second: 's' };
const unit = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const real = value => (value === null ? null : Number(value));
const text = value => (value === null || value === undefined ? '' : String(value));

const scalars = {
  tostring: value => text(value),
  todouble: value => (value === null || Number.isNaN(Number(value)) ? null : Number(value)),
  tolong: value => (value === null || Number.isNaN(Number(value)) ? null : BigInt(Math.trunc(Number(value)))),
  bin: (value, size) => (value === null ? null : Math.floor(value / Number(size)) * Number(size)),
  abs: value => (value === null ? null : Math.abs(Number(value))),
  log: value => (value === null ? null : Math.log(Number(value))),
  sqrt: value => (value === null ? null : Math.sqrt(Number(value))),
  strcat: (...parts) => parts.map(text).join(''),
  isnull: value => value === null,
  isnotnull: value => value !== null,
  datetime_diff: (part, later, earlier) => (later === null || earlier === null ? null : BigInt(Math.floor(later / unit[parts[part]]) - Math.floor(earlier / unit[parts[part]]))),
};

const aggregates = {
  count: rows => BigInt(rows.length),
  countif: (rows, condition) => BigInt(rows.filter(row => condition(row) === true).length),
  sum: (rows, value) => total(rows.map(value)),
  sumif: (rows, value, condition) => total(rows.filter(row => condition(row) === true).map(value)),
  max: (rows, value) => most(rows.map(value)),
  maxif: (rows, value, condition) => most(rows.filter(row => condition(row) === true).map(value)),
  percentile: (rows, value, percent) => weightedPercentile(rows.map(row => [value(row), 1]), Number(percent(rows[0]))),
  percentilew: (rows, value, weight, percent) => weightedPercentile(
    rows.map(row => [value(row), Number(weight(row))]), Number(percent(rows[0]))),
};

function most(values) {
  return values.filter(value => value !== null).reduce((found, each) => (found === null || each > found ? each : found), null);
}

function total(values) {
  const known = values.filter(value => value !== null);
  return known.every(value => typeof value === 'bigint') && known.length > 0
    ? known.reduce((sum, value) => sum + value, 0n)
    : known.reduce((sum, value) => sum + Number(value), 0);
}

/** The smallest value whose cumulative weight reaches the percentage. */
function weightedPercentile(pairs, percent) {
  const sorted = pairs.filter(([value, weight]) => value !== null && weight > 0).sort((a, b) => a[0] - b[0]);
  const wanted = sorted.reduce((sum, [, weight]) => sum + weight, 0) * percent / 100;
  let reached = 0;
  for (const [value, weight] of sorted) {
    reached += weight;
    if (reached >= wanted) {
      return value;
    }
  }
  return null;
}

const comparisons = {
  EqualExpression: (a, b) => a == b, // eslint-disable-line eqeqeq -- long and real compare by value
  NotEqualExpression: (a, b) => a != b, // eslint-disable-line eqeqeq
  EqualTildeExpression: (a, b) => a.toLowerCase() === b.toLowerCase(),
  GreaterThanExpression: (a, b) => a > b,
  GreaterThanOrEqualExpression: (a, b) => a >= b,
  LessThanExpression: (a, b) => a < b,
  LessThanOrEqualExpression: (a, b) => a <= b,
  ContainsExpression: (a, b) => a.toLowerCase().includes(b.toLowerCase()),
  NotContainsExpression: (a, b) => !a.toLowerCase().includes(b.toLowerCase()),
};

const arithmetic = {
  AddExpression: (a, b) => a + b,
  SubtractExpression: (a, b) => a - b,
  MultiplyExpression: (a, b) => a * b,
  DivideExpression: (a, b) => a / b,
};

const refuse = node => {
  throw new Error(`The interpreter of the tests does not know ${node.kind}${node.text ? ` ${node.text}` : ''}. Keep the query plainer or teach it.`);
};

// What does not change is made once for a node: its text, and what it compiles to.
const once = make => {
  const made = new WeakMap();
  return node => {
    if (!made.has(node)) {
      made.set(node, make(node));
    }
    return made.get(node);
  };
};
const name = once(node => (node.text !== undefined ? node.text : node.children.map(name).join('')));
const dependsOnNow = once(node => all(node, 'FunctionCallExpression').some(each => ['ago', 'now'].includes(name(each.children[0]))));

// What now() gives and ago() counts from, ms.
let clock = NaN;

const elements = list => list.children.map(element => (element.kind === 'SeparatedElement' ? element.children[0] : element));
const listOf = once(node => elements(node.children.filter(child => child.kind === 'List').at(-1)));
const call = once(node => ({ function: name(node.children[0]), arguments: listOf(node.children[1]) }));

/** A function from a row to the expression's value. */
const compile = once(node => {
  switch (node.kind) {
    case 'ParenthesizedExpression': return compile(node.children[1]);
    case 'StringLiteralExpression': { const value = JSON.parse(name(node)); return () => value; }
    case 'LongLiteralExpression': { const value = BigInt(name(node)); return () => value; }
    case 'RealLiteralExpression': { const value = Number(name(node)); return () => value; }
    case 'BooleanLiteralExpression': { const value = name(node) === 'true'; return () => value; }
    case 'TimespanLiteralExpression': {
      const [, count, of] = /^(\d+)(ms|d|h|m|s)$/.exec(name(node)) ?? refuse(node);
      return () => Number(count) * unit[of];
    }
    case 'NameReference': {
      const column = name(node);
      return row => {
        if (!(column in row)) {
          throw new Error(`A row has no column ${column}.`);
        }
        return row[column];
      };
    }
    case 'PathExpression': {
      const [of, , property] = node.children;
      const object = compile(of);
      const key = name(property);
      return row => object(row)?.[key] ?? null;
    }
    case 'AndExpression': { const [a, , b] = node.children.map((child, index) => (index === 1 ? null : compile(child))); return row => a(row) === true && b(row) === true; }
    case 'OrExpression': { const [a, , b] = node.children.map((child, index) => (index === 1 ? null : compile(child))); return row => a(row) === true || b(row) === true; }
    case 'InExpression': {
      const value = compile(node.children[0]);
      const among = listOf(node.children[2]).map(each => compile(each));
      return row => among.some(each => each(row) === value(row));
    }
    case 'FunctionCallExpression': return compileCall(node);
    default: return compileBinary(node);
  }
});

function compileCall(node) {
  const { function: called, arguments: given } = call(node);
  const values = given.map(each => compile(each));
  if (called === 'now') {
    return () => clock;
  }
  if (called === 'ago') {
    return row => clock - values[0](row);
  }
  if (called === 'iff') {
    return row => (values[0](row) === true ? values[1](row) : values[2](row));
  }
  const scalar = scalars[called] ?? refuse({ kind: 'function', text: called });
  return row => scalar(...values.map(value => value(row)));
}

function compileBinary(node) {
  const comparison = comparisons[node.kind];
  const operation = arithmetic[node.kind];
  if (!comparison && !operation) {
    refuse(node);
  }
  const a = compile(node.children[0]);
  const b = compile(node.children[2]);
  if (comparison) {
    return row => { const [x, y] = [a(row), b(row)]; return x === null || y === null ? false : comparison(x, y); };
  }
  return row => {
    const [x, y] = [a(row), b(row)];
    return x === null || y === null ? null : typeof x === 'bigint' && typeof y === 'bigint' ? operation(x, y) : operation(real(x), real(y));
  };
}

/** A column of extend, project or by: its name, given or that of its first column, and its expression. */
const column = once(node => {
  if (node.kind === 'SimpleNamedExpression') {
    return { name: name(node.children[0]), expression: node.children[2] };
  }
  const first = node.kind === 'FunctionCallExpression' ? call(node).arguments[0] : node;
  return { name: name(first), expression: node };
});

function summarize(node, rows) {
  const by = node.children.find(child => child.kind === 'SummarizeByClause');
  const keys = by ? listOf(by).map(column) : [];
  const results = listOf({ children: node.children.filter(child => child !== by) }).map(column);
  const valueOf = keys.map(key => compile(key.expression));
  const groups = new Map(keys.length === 0 ? [['', { key: [], rows: [] }]] : []);
  for (const row of rows) {
    const key = valueOf.map(value => value(row));
    const id = key.map(part => `${typeof part}:${part}`).join('\u0000');
    if (!groups.has(id)) {
      groups.set(id, { key, rows: [] });
    }
    groups.get(id).rows.push(row);
  }
  return [...groups.values()].map(group => Object.fromEntries([
    ...keys.map((key, index) => [key.name, group.key[index]]),
    ...results.map(result => [result.name, aggregate(result.expression, group.rows)]),
  ]));
}

/** An aggregate, or arithmetic over aggregates and literals. */
function aggregate(node, rows) {
  if (node.kind === 'FunctionCallExpression' && aggregates[call(node).function]) {
    const { function: called, arguments: given } = call(node);
    return aggregates[called](rows, ...given.map(each => compile(each)));
  }
  if (node.kind === 'FunctionCallExpression' && scalars[call(node).function]) {
    const { function: called, arguments: given } = call(node);
    return scalars[called](...given.map(each => aggregate(each, rows)));
  }
  if (arithmetic[node.kind]) {
    const [a, , b] = node.children;
    const [x, y] = [aggregate(a, rows), aggregate(b, rows)];
    return typeof x === 'bigint' && typeof y === 'bigint' ? arithmetic[node.kind](x, y) : arithmetic[node.kind](real(x), real(y));
  }
  return compile(node)({});
}

function order(node, rows) {
  const keys = listOf(node).map(each => (each.kind === 'OrderedExpression'
    ? { value: compile(each.children[0]), sign: name(each.children[1]) === 'asc' ? 1 : -1 }
    : { value: compile(each), sign: -1 }));
  return [...rows].sort((a, b) => keys.reduce((result, { value, sign }) => {
    const [x, y] = [value(a), value(b)];
    return result || (x < y ? -sign : x > y ? sign : 0);
  }, 0));
}

function operator(node, rows) {
  switch (node.kind) {
    case 'FilterOperator': { const keep = compile(node.children.at(-1)); return rows.filter(row => keep(row) === true); }
    case 'ExtendOperator': {
      const columns = listOf(node).map(column).map(each => ({ name: each.name, value: compile(each.expression) }));
      return rows.map(row => ({ ...row, ...Object.fromEntries(columns.map(each => [each.name, each.value(row)])) }));
    }
    case 'ProjectOperator': {
      const columns = listOf(node).map(column).map(each => ({ name: each.name, value: compile(each.expression) }));
      return rows.map(row => Object.fromEntries([...columns.map(each => [each.name, each.value(row)]), [when, row[when]]]));
    }
    case 'SummarizeOperator': return summarize(node, rows);
    case 'SortOperator': return order(node, rows);
    default: return refuse(node);
  }
}

// When a row was generated, whatever columns it still has.
const when = Symbol('when');
// Operators that take each row by itself: they may run once for all times.
const rowwise = new Set(['FilterOperator', 'ExtendOperator', 'ProjectOperator']);
const kept = new WeakMap();

/** The rows of a table behind operators that do not depend on the time, made once for a set of tables; null where the node is no such thing. */
function settled(node, tables) {
  if (node.kind !== 'NameReference' && (node.kind !== 'PipeExpression' || !rowwise.has(node.children[2].kind) || dependsOnNow(node.children[2]))) {
    return null;
  }
  const known = kept.get(tables) ?? kept.set(tables, new Map()).get(tables);
  const text = name(node);
  if (!known.has(text)) {
    const before = node.kind === 'PipeExpression' ? settled(node.children[0], tables) : (tables[text] ?? refuse(node)).map(row => ({ ...row, [when]: row.TimeGenerated }));
    known.set(text, before && node.kind === 'PipeExpression' ? operator(node.children[2], before) : before);
  }
  return known.get(text);
}

function evaluate(node, tables, now, from) {
  if (node.kind === 'PipeExpression' || node.kind === 'NameReference') {
    const rows = settled(node, tables);
    if (rows) {
      return rows.filter(row => row[when] >= from && row[when] < now);
    }
  }
  switch (node.kind) {
    case 'PipeExpression': return operator(node.children[2], evaluate(node.children[0], tables, now, from));
    case 'ParenthesizedExpression': return evaluate(node.children[1], tables, now, from);
    case 'UnionOperator': return listOf(node).flatMap(each => evaluate(each, tables, now, from));
    default: return refuse(node);
  }
}

const parsed = new Map();

/** The rows that a query gives. tables: name to rows; now: what ago() counts from, ms; from: the beginning of the time range, which ends now. */
function run(query, tables, now, from) {
  clock = now;
  if (!parsed.has(query)) {
    parsed.set(query, parse(query));
  }
  const statements = elements(parsed.get(query).children.filter(child => child.kind === 'List').find(list => list.children.length > 0));
  if (statements.length !== 1) {
    throw new Error('A query of one statement is expected.');
  }
  return evaluate(statements[0].children[0], tables, now, from);
}

module.exports = { run };
