// Reads Bicep: syntax faults, declarations, and the value of expressions as far as a deployment's parameters decide them. What only Azure
// knows stays a symbol: the text of the expression in angle brackets.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const treeSitter = await import('web-tree-sitter');
const Parser = treeSitter.Parser ?? treeSitter.default;
await Parser.init();
const Language = treeSitter.Language ?? Parser.Language;
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

const symbol = node => `<${node.text}>`;
const last = node => node.namedChildren[node.namedChildCount - 1];
const code = node => node.namedChildren.filter(child => child.type !== 'comment');
const isSymbol = value => typeof value === 'string' && /^<.*>$/s.test(value);

export class BicepFile {
  constructor(file) {
    this.file = file;
    this.text = fs.readFileSync(file, 'utf8');
    this.root = parser.parse(this.text).rootNode;
    this.declarations = code(this.root);
  }

  /** Where the parser stumbles. */
  faults() {
    const found = [];
    const walk = node => {
      if (node.type === 'ERROR' || node.isMissing) {
        found.push(`line ${node.startPosition.row + 1}: ${node.isMissing ? `missing ${node.type}` : 'syntax error'}`);
      } else if (node.hasError) {
        node.children.forEach(walk);
      }
    };
    walk(this.root);
    return found;
  }

  /** Declarations of a kind with what decorates them. */
  declared(type) {
    return this.declarations.flatMap((node, index) => {
      if (node.type !== type) {
        return [];
      }
      const before = this.declarations[index - 1];
      const decorators = before?.type === 'decorators'
        ? before.namedChildren.map(each => code(each)[0]).filter(each => each.type === 'call_expression')
        : [];
      return [{ node, name: code(node)[0].text, decorators: Object.fromEntries(decorators.map(each => [code(each)[0].text, argumentsOf(each)])) }];
    });
  }

  parameters() {
    return this.declared('parameter_declaration').map(({ node, name, decorators }) => {
      const given = code(node).slice(2);
      const value = each => evaluate(each, new Scope(this));
      return {
        name,
        type: code(node)[1].text,
        description: decorators.description ? value(decorators.description[0]) : null,
        allowed: decorators.allowed ? value(decorators.allowed[0]) : null,
        min: decorators.minValue ? value(decorators.minValue[0]) : null,
        max: decorators.maxValue ? value(decorators.maxValue[0]) : null,
        hasDefault: given.length > 0,
        default: given.length > 0 ? value(given[0]) : null,
        uses: this.usesOf(name),
      };
    });
  }

  variables() {
    return this.declared('variable_declaration').map(({ name }) => ({ name, uses: this.usesOf(name) }));
  }

  outputs() {
    return this.declared('output_declaration').map(({ name, decorators }) => ({ name, described: 'description' in decorators }));
  }

  /** Module declarations: symbol, path, the names of the parameters given, and whether conditional. */
  modules() {
    return this.declared('module_declaration').map(({ node, name }) => {
      const body = objectOf(node);
      const params = propertiesOf(body).find(([key]) => key === 'params')?.[1];
      return { name, path: stringOf(node), params: params ? propertiesOf(params).map(([key]) => key) : [], text: node.text };
    });
  }

  /** The names of the properties of a type. */
  propertiesOfType(name) {
    const type = this.declared('type_declaration').find(each => each.name === name);
    const names = [];
    const walk = node => node.namedChildren.forEach(child => {
      if (child.type === 'object_property') {
        names.push(child.namedChildren.find(each => each.type === 'identifier').text);
      } else {
        walk(child);
      }
    });
    walk(type.node);
    return names;
  }

  /** How often an identifier is read, apart from its declaration and from property names. */
  usesOf(name) {
    let count = 0;
    const walk = (node, parent) => {
      const isKey = parent?.type === 'object_property' && parent.namedChildren[0].id === node.id;
      const isDeclaration = /_declaration$/.test(parent?.type ?? '') && parent.namedChildren[0].id === node.id;
      if (node.type === 'identifier' && node.text === name && !isKey && !isDeclaration) {
        count++;
      }
      node.namedChildren.forEach(child => walk(child, node));
    };
    walk(this.root, null);
    return count;
  }

  /** The value of a variable, given parameters. */
  variable(name, parameters = {}) {
    return new Scope(this, parameters).read(name);
  }

  /** The bodies of a resource, one per turn of its loop. */
  resource(name, parameters = {}) {
    const declaration = this.declared('resource_declaration').find(each => each.name === name).node;
    const scope = new Scope(this, parameters);
    const body = last(declaration);
    return body.type === 'for_statement' ? evaluate(body, scope) : [evaluate(objectOf(declaration), scope)];
  }

  /** What a module declaration passes on, given this file's parameters. */
  passed(module, parameters = {}) {
    const declaration = this.declared('module_declaration').find(each => each.name === module).node;
    const params = propertiesOf(objectOf(declaration)).find(([key]) => key === 'params')[1];
    return evaluate(params, new Scope(this, parameters));
  }
}

class Scope {
  constructor(file, parameters = {}, locals = new Map()) {
    this.file = file;
    this.parameters = parameters;
    this.locals = locals;
  }

  with(name, value) {
    return new Scope(this.file, this.parameters, new Map([...this.locals, [name, value]]));
  }

  read(name) {
    if (this.locals.has(name)) {
      return this.locals.get(name);
    }
    const variable = this.file.declared('variable_declaration').find(each => each.name === name);
    if (variable) {
      return evaluate(last(variable.node), new Scope(this.file, this.parameters));
    }
    if (name in this.parameters) {
      return this.parameters[name];
    }
    const parameter = this.file.declared('parameter_declaration').find(each => each.name === name);
    const given = parameter ? code(parameter.node).slice(2) : [];
    return given.length > 0 ? evaluate(given[0], this) : `<${name}>`;
  }
}

const argumentsOf = node => code(code(node)[1] ?? { namedChildren: [] });
const propertiesOf = node => code(node)
  .filter(each => each.type === 'object_property' && each.namedChildren[0].type !== 'resource_declaration')
  .map(each => [each.namedChildren[0].type === 'string' ? each.namedChildren[0].text.slice(1, -1) : each.namedChildren[0].text, last(each), each.namedChildren[0]]);
const stringOf = node => node.namedChildren.find(child => child.type === 'string').namedChildren[0].text;

function objectOf(node) {
  let body = last(node);
  while (body.type !== 'object') {
    body = last(body);
  }
  return body;
}

function evaluate(node, scope) {
  const value = each => evaluate(each, scope);
  switch (node.type) {
    case 'string': return node.namedChildren.map(part => part.type === 'interpolation' ? plainText(value(part.namedChildren[0]))
      : part.type === 'escape_sequence' ? part.text.slice(1) : part.text).join('');
    case 'number': return Number(node.text);
    case 'boolean': return node.text === 'true';
    case 'null': return null;
    case 'identifier': return scope.read(node.text);
    case 'parenthesized_expression': return value(code(node)[0]);
    case 'array': return code(node).map(value);
    case 'object': return Object.fromEntries(propertiesOf(node).map(([key, each, keyNode]) => [keyNode.type === 'string' ? value(keyNode) : key, value(each)]));
    case 'member_expression': {
      const of = value(code(node)[0]);
      const key = last(node).text;
      return of !== null && typeof of === 'object' && key in of ? of[key] : symbol(node);
    }
    case 'ternary_expression': {
      const [condition, yes, no] = code(node);
      const decided = value(condition);
      return typeof decided === 'boolean' ? value(decided ? yes : no) : symbol(node);
    }
    case 'unary_expression': { const of = value(code(node)[0]); return typeof of === 'boolean' && node.text.startsWith('!') ? !of : symbol(node); }
    case 'binary_expression': return binary(node, value);
    case 'for_statement': return loop(node, scope);
    case 'call_expression': return call(node, scope);
    default: return symbol(node);
  }
}

const plainText = value => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function binary(node, value) {
  const [left, right] = code(node);
  const operator = node.text.slice(left.endIndex - node.startIndex, right.startIndex - node.startIndex).trim();
  const [a, b] = [value(left), value(right)];
  switch (operator) {
    case '==': return isSymbol(a) || isSymbol(b) ? symbol(node) : a === b;
    case '!=': return isSymbol(a) || isSymbol(b) ? symbol(node) : a !== b;
    case '&&': return a === false || b === false ? false : a === true && b === true ? true : symbol(node);
    case '||': return a === true || b === true ? true : a === false && b === false ? false : symbol(node);
    case '>': return typeof a === 'number' && typeof b === 'number' ? a > b : symbol(node);
    case '*': return typeof a === 'number' && typeof b === 'number' ? a * b : symbol(node);
    case '+': return typeof a === 'number' && typeof b === 'number' ? a + b : symbol(node);
    default: return symbol(node);
  }
}

function loop(node, scope) {
  const parts = code(node);
  const variable = parts[0].type === 'for_loop_parameters' ? code(parts[0])[0].text : parts[0].text;
  return evaluate(parts[1], scope).map(item => evaluate(parts.at(-1), scope.with(variable, item)));
}

function call(node, scope) {
  const name = code(node)[0].text;
  const given = argumentsOf(node);
  const value = each => evaluate(each, scope);
  const lambda = each => item => { const [parameter, body] = code(each); return evaluate(body, scope.with(parameter.text, item)); };
  switch (name) {
    case 'loadTextContent': return fs.readFileSync(path.join(path.dirname(scope.file.file), value(given[0])), 'utf8');
    case 'empty': { const of = value(given[0]); return isSymbol(of) ? symbol(node) : of === null || Object.keys(of).length === 0; }
    case 'concat': return given.flatMap(value);
    case 'union': return Object.assign({}, ...given.map(value));
    case 'items': return Object.entries(value(given[0])).map(([key, each]) => ({ key, value: each }));
    case 'toObject': return Object.fromEntries(value(given[0]).map(item => [lambda(given[1])(item), lambda(given[2])(item)]));
    case 'map': return value(given[0]).map(item => lambda(given[1])(item));
    case 'split': return value(given[0]).split(value(given[1]));
    case 'trim': return value(given[0]).trim();
    case 'string': { const of = value(given[0]); return plainText(of); }
    case 'max': return Math.max(...given.map(value));
    case 'min': return Math.min(...given.map(value));
    default: return symbol(node);
  }
}
