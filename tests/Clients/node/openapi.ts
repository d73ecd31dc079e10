// openapi.ts ADDRESS KEY: what a caller does with the types of openapi-typescript.
import createClient from 'openapi-fetch';
import type { paths } from './generated/openapi.js';

const [baseUrl, key] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { 'x-functions-key': key } });
const visit = { ProductRelated: 20, ProductRelated_Duration: 1424.4, PageValues: 31.7, Month: 'Nov', VisitorType: 'New_Visitor', Weekend: false };

const scored = await client.POST('/api/score/{model}', { params: { path: { model: 'intent' } }, body: { instances: [visit] } });
const prediction = scored.data!.predictions[0];
console.log(`score ${prediction.label} ${Object.keys(prediction.probabilities ?? {}).length}`);

const tensors = await client.POST('/v2/models/{model}/infer', {
  params: { path: { model: 'intent' } },
  body: { inputs: [{ name: 'features', shape: [1, 23], datatype: 'FP32', data: Array(23).fill(0) }] },
});
const answer = tensors.data!;
if (typeof answer === 'string') throw new Error('no JSON');
console.log(`infer ${answer.outputs.find(output => output.name === 'probabilities')!.data!.length}`);

let job = (await client.POST('/api/jobs', { body: { id: 'openapi-typescript-client', model: 'intent', instances: [visit, visit] } })).data!;
while (!['succeeded', 'failed', 'cancelled'].includes(job.state)) {
  await new Promise(resume => setTimeout(resume, 200));
  job = (await client.GET('/api/jobs/{id}', { params: { path: { id: job.id } } })).data!;
}
console.log(`job ${job.state} ${job.rows}`);
