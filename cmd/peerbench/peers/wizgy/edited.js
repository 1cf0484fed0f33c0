export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return ["edit 0\n"];
}
