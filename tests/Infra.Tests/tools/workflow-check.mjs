// What GitHub's own parser of workflows finds wrong with one: keys, values, contexts in expressions, and what jobs need.
import fs from 'node:fs';
import path from 'node:path';
import { register } from 'node:module';

// The parser imports its schema, a JSON file, as bundlers allow it; Node asks for it to be said.
register(`data:text/javascript,${encodeURIComponent(`
  export const resolve = async (name, context, next) => {
    const found = await next(name, context);
    return name.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found;
  };`)}`);
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import('@actions/workflow-parser');

export async function workflowFaults({ file }) {
  const { context, value } = parseWorkflow({ name: path.basename(file), content: fs.readFileSync(file, 'utf8') }, new NoOperationTraceWriter());
  if (value) {
    await convertWorkflowTemplate(context, value, undefined, {});
  }
  return context.errors.getErrors().map(fault => fault.message);
}
