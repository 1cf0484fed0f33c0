// The current time. This is the smallest kind of page: a function that is
// called for each request, says what comes, and returns it.

function application(environ, start_response) {
  start_response("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Cache-Control", "no-store"], // a clock that is remembered is wrong
  ]);
  return [new Date().toString() + "\n"];
}
