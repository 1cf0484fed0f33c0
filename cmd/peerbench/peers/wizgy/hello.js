export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [`Hello from ${environ.REQUEST_METHOD} ${environ.SCRIPT_NAME}\n`];
}
