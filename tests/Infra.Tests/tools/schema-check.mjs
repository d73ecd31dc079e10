// What of a JSON or YAML file its JSON Schema refuses. Definitions that lie elsewhere count as true.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');

export async function schemaFaults({ schema: schemaFile, file }) {
  const schema = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));
  const dialect = schema.$schema ?? '';
  const name = dialect.includes('draft-04') ? 'ajv-draft-04' : dialect.includes('2019-09') ? 'ajv/dist/2019' : dialect.includes('2020-12') ? 'ajv/dist/2020' : 'ajv';
  const loaded = require(name);
  const ajv = new (loaded.default ?? loaded)({ allErrors: true, strict: false, validateFormats: false, logger: false, loadSchema: async () => ({}) });
  const validate = await ajv.compileAsync(schema);
  return validate(yaml.load(fs.readFileSync(file, 'utf8'))) ? [] : validate.errors.map(fault => `${fault.instancePath || '/'} ${fault.message} ${JSON.stringify(fault.params)}`);
}

/** A YAML file as JSON. */
export function readYaml({ file }) {
  return yaml.load(fs.readFileSync(file, 'utf8'));
}
