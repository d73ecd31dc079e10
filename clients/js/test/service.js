import { createServer } from 'node:http';

/** A server on a free port that answers by the functions given, the last one for good, and keeps what it was asked. */
export async function serve(...answers) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer(response);
  });
  await new Promise(resume => server.listen(0, '127.0.0.1', resume));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise(resume => server.close(resume));
    },
  };
}

export const prediction = { model: 'intent', version: '3', predictions: [{ label: 'purchase', probability: 0.83 }] };

export function json(status, value, headers = {}) {
  return response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

export const ok = json(200, prediction);
export const silence = () => {};

export function problem(status, code, headers, errors) {
  return json(status, { code, title: code, detail: `detail of ${code}`, status, ...(errors ? { errors } : {}) }, headers);
}
