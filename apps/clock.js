// A clock that ticks while you look: each line is sent when it is yielded,
// a second after the one before. In a terminal: curl -N …/clock

const second = () => new Promise((done) => setTimeout(done, 1000));

export async function* application(environ, start_response) {
  start_response("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["X-Content-Type-Options", "nosniff"], // else a browser waits for more text
    ["Cache-Control", "no-store"],
  ]);
  try {
    for (let tick = 1; tick <= 10; tick++) {
      if (tick > 1) await second(); // others are served meanwhile
      yield `${new Date().toISOString().slice(11, 19)}  tick ${tick} of 10\n`;
    }
  } finally {
    console.log("the clock has stopped"); // also when the visitor leaves early
  }
}
