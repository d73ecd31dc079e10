// On a running app: SCORING_URL and SCORING_KEY say where, as ./dev up prints them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScoringClient } from '../scoring-client.js';

const { SCORING_URL: url, SCORING_KEY: key } = process.env;
const skip = url ? false : 'SCORING_URL is not set';
const visit = { ProductRelated: 5, ProductRelated_Duration: 310, Month: 'Nov', VisitorType: 'New_Visitor', Weekend: true };

test('the app: scores, in the order of the instances', { skip }, async () => {
  const answer = await new ScoringClient(url, { key }).score('intent', [visit, { ...visit, PageValues: 90 }]);
  assert.deepEqual(answer.predictions.map(prediction => prediction.label), ['browse', 'purchase']);
});

test('the app: names every value that does not fit', { skip }, async () => {
  const call = new ScoringClient(url, { key }).score('intent', [visit, { ...visit, Month: 'Smarch', ExitRates: 2 }]);
  const error = await call.catch(caught => caught);
  assert.equal(error.code, 'invalid_value');
  assert.deepEqual(error.errors.map(fault => fault.pointer).sort(), ['/instances/1/ExitRates', '/instances/1/Month']);
});

test('the app: knows no such model, version and key', { skip }, async () => {
  const client = new ScoringClient(url, { key });
  await assert.rejects(client.score('nobody', [visit]), { code: 'model_not_found', status: 404 });
  await assert.rejects(client.score('intent', [visit], { version: 99 }), { code: 'version_not_found', status: 404 });
  await assert.rejects(new ScoringClient(url).score('intent', [visit]), { code: 'unauthorized', status: 401 });
});

test('the app: shows its models and its metrics', { skip }, async () => {
  const client = new ScoringClient(url, { key });
  assert.ok((await client.models()).some(model => model.name === 'intent'));
  assert.equal((await client.model('intent')).sloMilliseconds, 50);
  assert.equal((await client.metrics()).scope, 'instance');
});
