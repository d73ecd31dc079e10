import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScoringClient, ScoringError } from '../scoring-client.js';
import { json, ok, prediction, problem, serve, silence } from './service.js';

async function withService(answers, use) {
  const service = await serve(...answers);
  try {
    await use(service);
  } finally {
    await service.close();
  }
}

test('score: posts the instances with the key and gives back the answer', () => withService([ok], async service => {
  const client = new ScoringClient(`${service.url}/`, { key: 'the key' });

  assert.deepEqual(await client.score('intent', [{ PageValues: 3 }], { topK: 1, version: 3 }), prediction);

  const [request] = service.requests;
  assert.equal(`${request.method} ${request.url}`, 'POST /api/score/intent/3');
  assert.equal(request.headers['x-functions-key'], 'the key');
  assert.equal(request.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(request.body), { instances: [{ PageValues: 3 }], parameters: { topK: 1 } });
}));

test('score: a token goes beside the key, and one that a function gives is asked for at each call', () => withService([ok], async service => {
  await new ScoringClient(service.url, { key: 'the key', token: 'fixed' }).score('intent', [{}]);
  let asked = 0;
  const client = new ScoringClient(service.url, { token: async () => `token ${(asked += 1)}` });
  await client.score('intent', [{}]);
  await client.models();

  assert.deepEqual(service.requests.map(request => [request.headers.authorization, request.headers['x-functions-key']]),
    [['Bearer fixed', 'the key'], ['Bearer token 1', undefined], ['Bearer token 2', undefined]]);
}));

test('score: without a token none is sent', () => withService([ok], async service => {
  await new ScoringClient(service.url, { key: 'the key' }).score('intent', [{}]);
  assert.equal(service.requests[0].headers.authorization, undefined);
}));

test('score: a sign-in that fails is the reason, and nothing is sent', () => withService([ok], async service => {
  const reason = new Error('nobody is signed in');
  await assert.rejects(new ScoringClient(service.url, { token: () => { throw reason; } }).score('intent', [{}]), reason);
  await assert.rejects(new ScoringClient(service.url, { token: () => Promise.reject(reason) }).score('intent', [{}]), reason);
  assert.equal(service.requests.length, 0);
}));

test('score: a sign-in that gives no token in time is a timeout, and aborting ends it', () => withService([ok], async service => {
  const client = new ScoringClient(service.url, { token: () => new Promise(() => {}) });
  await assert.rejects(client.score('intent', [{}], { timeout: 20 }), { code: 'timeout' });
  const abort = new AbortController();
  const reason = new Error('the visitor left');
  const call = client.score('intent', [{}], { signal: abort.signal });
  abort.abort(reason);
  await assert.rejects(call, reason);
  assert.equal(service.requests.length, 0);
}));

test('score: a subject that is a text is sent along, another thing is not', () => withService([ok, ok], async service => {
  const client = new ScoringClient(service.url);
  await client.score('intent', [{}], { subject: 'visitor 7' });
  await client.score('intent', [{}], { subject: {} });

  assert.deepEqual(service.requests.map(request => JSON.parse(request.body).parameters), [{ subject: 'visitor 7' }, undefined]);
}));

test('score: a model that is no path segment is encoded', () => withService([ok], async service => {
  await new ScoringClient(service.url).score('../a b', []);
  assert.equal(service.requests[0].url, '/api/score/..%2Fa%20b');
}));

test('score: refused input carries code, status and pointers, and is not sent again', () => {
  const errors = [{ pointer: '/instances/0/Month', detail: 'found "Smarch"' }];
  return withService([problem(400, 'invalid_value', {}, errors)], async service => {
    const error = await new ScoringClient(service.url).score('intent', [{}]).catch(caught => caught);

    assert.ok(error instanceof ScoringError);
    assert.deepEqual([error.code, error.status, error.errors, error.message], ['invalid_value', 400, errors, 'detail of invalid_value']);
    assert.equal(service.requests.length, 1);
  });
});

for (const [name, answer, code] of [
  ['the bare 401 of the host', response => response.writeHead(401).end(), 'unauthorized'],
  ['a proxy that answers 502 in HTML', response => response.writeHead(502, { 'retry-after': '0' }).end('<p>bad gateway'), 'http_error'],
  ['a page instead of an answer', response => response.writeHead(200).end('<p>welcome'), 'not_json'],
  ['429 without Retry-After', problem(429, 'overloaded'), 'overloaded'],
  ['503 without Retry-After', problem(503, 'model_unavailable'), 'model_unavailable'],
  ['500 though it says Retry-After', problem(500, 'inference_failed', { 'retry-after': '0' }), 'inference_failed'],
  ['504 though it says Retry-After', problem(504, 'deadline_exceeded', { 'retry-after': '0' }), 'deadline_exceeded'],
]) {
  test(`score: ${name} is ${code}, at once`, () => withService([answer, ok], async service => {
    await assert.rejects(new ScoringClient(service.url).score('intent', [{}]), { name: 'ScoringError', code });
    assert.equal(service.requests.length, 1);
  }));
}

test('score: nobody listening is unreachable, with the cause', async () => {
  const service = await serve(ok);
  await service.close();

  const error = await new ScoringClient(service.url).score('intent', [{}]).catch(caught => caught);

  assert.equal(error.code, 'unreachable');
  assert.equal(error.status, null);
  assert.ok(error.cause instanceof TypeError);
});

for (const status of [429, 503]) {
  test(`score: ${status} with Retry-After is tried again until it is answered`, () => {
    const busy = problem(status, 'overloaded', { 'retry-after': '0' });
    return withService([busy, busy, ok], async service => {
      const client = new ScoringClient(service.url, { random: () => 0 });
      assert.deepEqual(await client.score('intent', [{}]), prediction);
      assert.equal(service.requests.length, 3);
      assert.equal(new Set(service.requests.map(request => request.body)).size, 1);
    });
  });
}

test('score: a Retry-After that is a date long past is tried again at once', () =>
  withService([problem(503, 'model_unavailable', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), ok], async service => {
    await new ScoringClient(service.url, { random: () => 0 }).score('intent', [{}]);
    assert.equal(service.requests.length, 2);
  }));

test('score: a service that stays busy is asked four times at most', () =>
  withService([problem(429, 'overloaded', { 'retry-after': '0' })], async service => {
    await assert.rejects(new ScoringClient(service.url, { random: () => 0 }).score('intent', [{}]), { code: 'overloaded', retryAfter: 0 });
    assert.equal(service.requests.length, 4);
  }));

test('score: the budget bounds the retries of all calls together, and successes fill it again', () => {
  const busy = problem(429, 'overloaded', { 'retry-after': '0' });
  // Two calls use up the three retries; then ten successes earn one more.
  return withService([...Array(6).fill(busy), ...Array(10).fill(ok), busy, ok], async service => {
    const client = new ScoringClient(service.url, { retryBudget: 3, random: () => 0 });
    await assert.rejects(client.score('intent', [{}]), { code: 'overloaded' });
    assert.equal(service.requests.length, 4);
    await assert.rejects(client.score('intent', [{}]), { code: 'overloaded' });
    assert.equal(service.requests.length, 5);
    await assert.rejects(client.score('intent', [{}]), { code: 'overloaded' });
    for (let call = 0; call < 10; call += 1) await client.score('intent', [{}]);
    await client.score('intent', [{}]);
    assert.equal(service.requests.length, 18);
  });
});

test('score: the pause is what the service asks for and a random part', async () => {
  // Two seconds, and half of the quarter that may be added.
  const expected = 2250;
  const original = globalThis.setTimeout;
  let paused = 0;
  globalThis.setTimeout = (resume, milliseconds, ...rest) => {
    if (milliseconds !== expected) return original(resume, milliseconds, ...rest);
    paused += 1;
    return original(resume, 0, ...rest);
  };
  try {
    const answers = [new Response('{}', { status: 429, headers: { 'retry-after': '2' } }), Response.json(prediction)];
    const client = new ScoringClient('', { timeout: 60_000, random: () => 0.5, fetch: async () => answers.shift() });
    await client.score('intent', [{}]);
  } finally {
    globalThis.setTimeout = original;
  }
  assert.equal(paused, 1);
});

test('score: a pause beyond the timeout is not waited for', () =>
  withService([problem(503, 'model_unavailable', { 'retry-after': '30' }), ok], async service => {
    await assert.rejects(new ScoringClient(service.url, { timeout: 5000 }).score('intent', [{}]), { code: 'model_unavailable', retryAfter: 30 });
    assert.equal(service.requests.length, 1);
  }));

test('score: no answer in time is a timeout', () => withService([silence], async service => {
  await assert.rejects(new ScoringClient(service.url).score('intent', [{}], { timeout: 20 }), { name: 'ScoringError', code: 'timeout' });
}));

test('score: aborting rejects with the reason, in flight, between tries and before', () =>
  withService([silence, problem(503, 'model_unavailable', { 'retry-after': '5' })], async service => {
    const client = new ScoringClient(service.url, { timeout: 60_000 });
    const reason = new Error('the visitor left');
    for (const pending of [1, 2]) {
      const abort = new AbortController();
      const call = client.score('intent', [{}], { signal: abort.signal });
      call.catch(() => {});
      while (service.requests.length < pending) await new Promise(resume => setImmediate(resume));
      abort.abort(reason);
      await assert.rejects(call, reason);
    }
    await assert.rejects(client.score('intent', [{}], { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(service.requests.length, 2);
  }));

test('score: of one subject the newest call wins, and other subjects go on', () => withService([silence, silence, ok], async service => {
  const client = new ScoringClient(service.url);
  const abort = new AbortController();
  const other = client.score('intent', [{}], { subject: 'another visitor', signal: abort.signal });
  other.catch(() => {});
  while (service.requests.length < 1) await new Promise(resume => setImmediate(resume));
  const first = client.score('intent', [{}], { subject: 'visitor' });
  first.catch(() => {});
  while (service.requests.length < 2) await new Promise(resume => setImmediate(resume));

  assert.deepEqual(await client.score('intent', [{}], { subject: 'visitor' }), prediction);

  await assert.rejects(first, { name: 'ScoringError', code: 'superseded' });
  abort.abort(new Error('still in flight until here'));
  await assert.rejects(other, /still in flight/);
}));

test('the other routes: each asks what it says', () => withService([json(200, { models: [{ name: 'intent' }] })], async service => {
  const client = new ScoringClient(service.url);
  assert.deepEqual(await client.models(), [{ name: 'intent' }]);
  await client.model('intent');
  await client.outcomes([{ receipt: 'r', label: 'purchase' }]);
  await client.metrics();
  await client.submitJob({ id: 'a', model: 'intent', instances: [] });
  await client.job('a');
  await client.cancelJob('a');
  assert.deepEqual(service.requests.map(request => `${request.method} ${request.url}`),
    ['GET /api/models', 'GET /api/models/intent', 'POST /api/outcomes', 'GET /api/metrics', 'POST /api/jobs', 'GET /api/jobs/a', 'DELETE /api/jobs/a']);
  assert.deepEqual(JSON.parse(service.requests[2].body), { outcomes: [{ receipt: 'r', label: 'purchase' }] });
}));
