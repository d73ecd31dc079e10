// node schema-check.mjs SCHEMA FILE: what of a JSON or YAML file its schema refuses, one line each. Definitions elsewhere count as true.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');
const schema = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const dialect = schema.$schema ?? '';
const name = dialect.includes('draft-04') ? 'ajv-draft-04' : dialect.includes('2019-09') ? 'ajv/dist/2019' : dialect.includes('2020-12') ? 'ajv/dist/2020' : 'ajv';
const loaded = require(name);
const ajv = new (loaded.default ?? loaded)({ allErrors: true, strict: false, validateFormats: false, loadSchema: async () => ({}) });
const validate = await ajv.compileAsync(schema);
const document = yaml.load(fs.readFileSync(process.argv[3], 'utf8'));
if (!validate(document)) {
  for (const fault of validate.errors) {
    console.log(`${fault.instancePath || '/'} ${fault.message} ${JSON.stringify(fault.params)}`);
  }
}
