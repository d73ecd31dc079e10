// answerer.mjs URL: prints what kind of server answers there: the product of its Server header, or "something else".
try {
  const response = await fetch(process.argv[2], { signal: AbortSignal.timeout(3000) });
  console.log(response.headers.get("server")?.split("/")[0] ?? "something else");
} catch {
  console.log("something else");
}
