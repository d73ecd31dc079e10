// Tokenizes by npm's @huggingface/tokenizers: tokenize.mjs tokenizer.json. A line [text, …] or [[text, pair], …] on stdin, each text the base64 of its
// UTF-16, is answered by a line [{"ids":[…],"types":[…]}, …]; a line {"time": [text, …]} by the milliseconds that tokenizing them all took.
import { readFileSync } from 'node:fs';
import readline from 'node:readline';
import { Tokenizer } from '@huggingface/tokenizers';

const tokenizer = new Tokenizer(JSON.parse(readFileSync(process.argv[2], 'utf8')), {});
const decode = (text) => Buffer.from(text, 'base64').toString('utf16le');

const tokenize = (given) => {
    const [text, pair] = Array.isArray(given) ? given : [given, null];
    const { ids, token_type_ids } = tokenizer.encode(decode(text), { text_pair: pair === null ? null : decode(pair), return_token_type_ids: true });
    return { ids, types: token_type_ids };
};

const time = (texts) => {
    const decoded = texts.map(decode);
    const start = performance.now();
    let count = 0;
    for (const text of decoded) {
        count += tokenizer.encode(text).ids.length;
    }

    return { milliseconds: performance.now() - start, count };
};

for await (const line of readline.createInterface({ input: process.stdin })) {
    const given = JSON.parse(line);
    process.stdout.write(`${JSON.stringify(given.time ? time(given.time) : given.map(tokenize))}\n`);
}
