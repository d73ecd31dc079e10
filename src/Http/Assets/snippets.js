// The same call in other languages. The key is read from the environment: code is shared, keys are not.
const variable = 'SCORING_KEY';

export const languages = {
  curl: (url, body) => `curl -s -X POST '${url}' \\
  -H "x-functions-key: $${variable}" -H 'content-type: application/json' \\
  -d '${body.replaceAll("'", `'\\''`)}'`,

  'C#': (url, body) => `using var client = new HttpClient();
client.DefaultRequestHeaders.Add("x-functions-key", Environment.GetEnvironmentVariable("${variable}"));
using var content = new StringContent(
    ${fence(body)}${body}${fence(body)},
    Encoding.UTF8, "application/json");
using var response = await client.PostAsync("${url}", content);
Console.WriteLine(await response.Content.ReadAsStringAsync());`,

  JavaScript: (url, body, model) => `import { ScoringClient } from 'scoring-client';

const client = new ScoringClient('${new URL(url).origin}', { key: process.env.${variable} });
const { predictions } = await client.score(${JSON.stringify(model)}, ${instancesOf(body)});
console.log(predictions);`,

  Python: (url, body) => `import os, urllib.request

request = urllib.request.Request(
    "${url}",
    data=${JSON.stringify(body)}.encode(),
    headers={"x-functions-key": os.environ["${variable}"], "content-type": "application/json"})
print(urllib.request.urlopen(request).read().decode())`,
};

// A raw literal opens with more quotes than stand together anywhere in it, and text must not begin or end with one.
function fence(body) {
  const longest = Math.max(2, ...(body.match(/"+/g) ?? []).map(quotes => quotes.length));
  return '"'.repeat(longest + 1);
}

function instancesOf(body) {
  try {
    // In code, as in no JSON, a bare __proto__ is the prototype.
    return JSON.stringify(JSON.parse(body).instances)?.replaceAll('"__proto__":', '["__proto__"]:');
  } catch {
    return '[/* the body is not JSON */]';
  }
}
