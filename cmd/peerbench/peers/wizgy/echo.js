export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "application/octet-stream"]]);
  return [environ["wsgi.input"].read()];
}
