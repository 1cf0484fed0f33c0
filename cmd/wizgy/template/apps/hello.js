export function application(environ, start_response) {
  const name = new URLSearchParams(environ.QUERY_STRING).get("name") ?? "world";
  start_response("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
  ]);
  return [`Hello, ${name}!\n`];
}
