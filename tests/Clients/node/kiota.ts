// kiota.ts ADDRESS KEY: what a caller does with the client that Kiota generated.
import { ApiKeyAuthenticationProvider, ApiKeyLocation, createUntypedArray, createUntypedBoolean, createUntypedNumber, createUntypedObject, createUntypedString } from '@microsoft/kiota-abstractions';
import { DefaultRequestAdapter } from '@microsoft/kiota-bundle';
import { createScoringClient } from './generated/kiota/scoringClient.js';

const [baseUrl, key] = process.argv.slice(2);
const adapter = new DefaultRequestAdapter(new ApiKeyAuthenticationProvider(key, 'x-functions-key', ApiKeyLocation.Header));
adapter.baseUrl = baseUrl.replace(/\/$/, '');
const client = createScoringClient(adapter);
const visit = createUntypedObject({
  ProductRelated: createUntypedNumber(20), ProductRelated_Duration: createUntypedNumber(1424.4), PageValues: createUntypedNumber(31.7),
  Month: createUntypedString('Nov'), VisitorType: createUntypedString('New_Visitor'), Weekend: createUntypedBoolean(false),
});

const scored = await client.api.score.byModel('intent').post({ instances: createUntypedArray([visit]) });
const prediction = scored!.predictions![0];
console.log(`score ${prediction.label!.getValue()} ${Object.keys(prediction.probabilities!.additionalData!).length}`);

const tensors = await client.v2.models.byModel('intent').infer.post({
  inputs: [{ name: 'features', shape: [1, 23], datatype: 'FP32', data: createUntypedArray(Array.from({ length: 23 }, () => createUntypedNumber(0))) }],
});
const data = tensors!.outputs!.find(output => output.name === 'probabilities')!.data!.getValue();
console.log(`infer ${Array.isArray(data) ? data.length : 0}`);

let job = await client.api.jobs.post({ id: 'kiota-typescript-client', model: 'intent', instances: createUntypedArray([visit, visit]) });
while (!['succeeded', 'failed', 'cancelled'].includes(job!.state!)) {
  await new Promise(resume => setTimeout(resume, 200));
  job = await client.api.jobs.byId(job!.id!).get();
}
console.log(`job ${job!.state} ${job!.rows}`);
