// A greeting: /sayhello or /sayhello?name=Ada

function application(environ, start_response) {
  // QUERY_STRING is raw, as the browser sent it. URLSearchParams decodes it.
  const query = new URLSearchParams(environ.QUERY_STRING);
  const name = query.get("name") || "world";

  // Plain text needs no escaping: a browser shows "<b>" as it is.
  start_response("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [`Hello, ${name}!\n`];
}
