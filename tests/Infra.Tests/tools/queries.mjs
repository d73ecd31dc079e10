// What the queries of a folder declare.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parse, diagnose, all } = require('./kusto.cjs');
const text = node => (node.text !== undefined ? node.text : node.children.map(text).join(''));
const strings = node => all(node, 'StringLiteralExpression').map(each => JSON.parse(text(each)));

export function queries({ folder }) {
  const filesOf = ending => fs.readdirSync(folder, { recursive: true }).filter(file => file.endsWith(ending)).map(file => file.split(path.sep).join('/')).sort();

  return filesOf('.kql').map(file => {
    const source = fs.readFileSync(path.join(folder, file), 'utf8');
    const tree = parse(source);
    const compared = ['EqualExpression', 'InExpression', 'EqualTildeExpression'].flatMap(kind => all(tree, kind));
    return {
      file,
      faults: diagnose(source),
      // What Name is compared with, the properties that are read, and what the property code is compared with.
      metrics: compared.filter(each => text(each.children[0]) === 'Name').flatMap(strings),
      dimensions: [...new Set(all(tree, 'PathExpression').filter(each => text(each.children[0]) === 'Properties').map(each => text(each.children[2])))],
      codes: compared.filter(each => /^(tostring\(Properties\.code\)|code)$/.test(text(each.children[0]))).flatMap(strings),
      bins: all(tree, 'FunctionCallExpression').filter(each => text(each.children[0]) === 'bin').map(each => text(each).split(',').at(-1).replace(/[\s)]/g, '')),
    };
  });
}
