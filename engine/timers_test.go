package engine

import (
	"strings"
	"testing"
)

func TestExceptionInATimerIsItsRequests(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		if (environ.PATH_INFO === "/fails") {
			setTimeout(() => { throw new RangeError("from a timer") }, 2);
			return new Promise(resolve => setTimeout(resolve, 50, "not reached"));
		}
		return new Promise(resolve => setTimeout(resolve, 5, "fine"));`)
	s.want("/fine", 200, "fine")
	s.want("/fails", 500, "Internal Server Error")
	s.log.await(t, "apps/[...all].js:5:29: RangeError: from a timer")
	s.want("/fine", 200, "fine")
}

func TestExceptionInAMicrotaskIsItsRequests(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		if (environ.PATH_INFO === "/fails") queueMicrotask(() => { throw new RangeError("from a microtask") });
		return new Promise(resolve => setTimeout(resolve, 5, "fine"));`)
	s.want("/fails", 500, "Internal Server Error")
	s.log.await(t, "RangeError: from a microtask")
	s.want("/fine", 200, "fine")
}

func TestTimersThatAreLeftAreToldWithTheirPlaceAtTheDesk(t *testing.T) {
	s := app(t, Config{Dev: true}, `
		setTimeout(() => {}, 1000);
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return "left";`)
	s.want("/", 200, "left")
	s.log.await(t, "(the last timer was set at apps/[...all].js:3:3)")
}

func TestTimersThatAreLeftAreDroppedAndLogged(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		if (environ.PATH_INFO === "/leaves") {
			setTimeout(() => console.log("RAN"), 1);
			setInterval(() => console.log("RAN"), 1);
			return "left";
		}
		return new Promise(resolve => setTimeout(resolve, 20, "later"));`)
	s.want("/leaves", 200, "left")
	s.log.await(t, "2 timers or operations were still to come when the answer was complete, and were dropped: await them in application page=apps/[...all].js method=GET path=/leaves")
	s.want("/later", 200, "later")
	if strings.Contains(s.log.String(), "RAN") {
		t.Errorf("a timer of the first request ran in the second: %s", s.log)
	}
}

func TestUnhandledRejectionIsLogged(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		if (environ.PATH_INFO === "/lost") {
			Promise.reject(new TypeError("nobody cares"));
			Promise.reject("handled").catch(() => {});
			(async () => { await null; throw "later" })();
		}
		if (environ.PATH_INFO === "/many") for (let i = 0; i < 5000; i++) Promise.reject(i);
		return Promise.resolve("fine");`)
	s.want("/lost", 200, "fine")
	for _, want := range []string{
		"error=apps/[...all].js:5:19: TypeError: nobody cares page=", "threw 'later'", "page=apps/[...all].js method=GET path=/lost",
	} {
		if want = strings.TrimSuffix(want, " page="); !strings.Contains(s.log.String(), want) {
			t.Errorf("the log misses %q: %s", want, s.log)
		}
	}
	if strings.Contains(s.log.String(), "'handled'") {
		t.Errorf("what was handled is logged: %s", s.log)
	}
	before := len(s.log.String())
	s.want("/many", 200, "fine")
	if n := len(s.log.String()) - before; n > 8<<10 {
		t.Errorf("%d bytes were logged for 5000 rejections", n)
	}
	before = len(s.log.String())
	s.want("/clean", 200, "fine")
	if more := s.log.String()[before:]; more != "" {
		t.Errorf("the next request logs %s", more)
	}
}
