// ask URL KEY: prints the status of a GET with the function key; 000 when nothing answers.
const [url, key] = process.argv.slice(2);
try {
  const response = await fetch(url, { headers: { 'x-functions-key': key }, signal: AbortSignal.timeout(5000) });
  console.log(response.status);
} catch {
  console.log('000');
}
