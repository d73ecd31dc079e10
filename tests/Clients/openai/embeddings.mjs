// Embeds texts by OpenAI's client: node embeddings.mjs ADDRESS KEY, where ADDRESS ends with a slash and serves the model minilm.
import OpenAI from 'openai';

const [address, key] = process.argv.slice(2);
const baseURL = `${address}v1`;
const show = (embedding) => embedding.map((value) => Math.round(value * 1000) / 1000).join(' ');

// The client sends its apiKey as a bearer token, which the local host takes as the key.
const client = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });

// 1. As the client asks by itself: base64, which it decodes.
const both = await client.embeddings.create({ model: 'minilm', input: ['man food', 'rain'] });
console.log(both.data.map((item) => `${item.index}: ${show(item.embedding)}`).join('; '), both.object, both.usage.prompt_tokens, both.usage.total_tokens);

// 2. Numbers, cut, by a version; token ids.
const cut = await client.embeddings.create({ model: 'minilm/1', input: 'snow', encoding_format: 'float', dimensions: 2 });
console.log(show(cut.data[0].embedding), cut.model);
const ids = await client.embeddings.create({ model: 'minilm', input: [[1, 2], [4]] });
console.log(ids.data.map((item) => show(item.embedding)).join('; '), ids.usage.prompt_tokens);

// 3. A property that the client does not know is sent along.
const query = await client.embeddings.create({ model: 'minilm', input: 'snow', purpose: 'query' });
console.log(show(query.data[0].embedding));

// 4. The key by a header of its own and by the query, as on Azure, whose host reads no bearer token.
const byHeader = new OpenAI({ baseURL, apiKey: 'unused', defaultHeaders: { 'x-functions-key': key } });
console.log(show((await byHeader.embeddings.create({ model: 'minilm', input: 'rain' })).data[0].embedding));
const byQuery = new OpenAI({ baseURL, apiKey: 'unused', defaultQuery: { code: key } });
console.log(show((await byQuery.embeddings.create({ model: 'minilm', input: 'rain' })).data[0].embedding));

// 5. Failures are the client's own exceptions.
const refused = async (asked, by = client) => {
  try {
    await by.embeddings.create(asked);
    console.log('answered');
  } catch (error) {
    console.log(error.constructor.name, error.status, error.type ?? null, error.param ?? null, error.code ?? null);
  }
};
await refused({ model: 'nowhere', input: 'a' });
await refused({ model: 'minilm', input: ['a', 5] });
await refused({ model: 'minilm', input: 'a', dimensions: 9 });
await refused({ model: 'minilm', input: 'a' }, new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 }));
