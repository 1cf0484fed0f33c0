export function application(environ, start_response) {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const n = Number(query.get("n"));
  start_response("200 OK", [["Content-Type", "application/json"]]);
  return [JSON.stringify({
    method: environ.REQUEST_METHOD, path: environ.SCRIPT_NAME,
    name: query.get("name"), n, square: n * n, tags: ["one", "two"], ok: true,
  })];
}
