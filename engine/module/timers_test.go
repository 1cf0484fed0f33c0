package module

import (
	"context"
	"strings"
	"testing"
)

func TestTimersRunInOrderOfTime(t *testing.T) {
	for _, tt := range []evalCase{
		{"by delay, then by order", `setTimeout(() => log.push("c"), 20); setTimeout(() => log.push("a"), 10); setTimeout(() => log.push("b"), 10)`, "a,b,c"},
		{"arguments", `setTimeout((...x) => log.push(...x), 0, 1, "two")`, "1,two"},
		{"arguments of setImmediate", `setImmediate((...x) => log.push(...x), 1, 2)`, "1,2"},
		{"odd delays count as 0", `setTimeout(() => log.push(3), 5); setTimeout(() => log.push(1), NaN); setTimeout(() => log.push(2), -7)`, "1,2,3"},
		{"a missing delay counts as 0", `setTimeout(() => log.push(2), 5); setTimeout(() => log.push(1))`, "1,2"},
		{"a delay of more than 31 bits counts as 1", `setTimeout(() => log.push(2), 2); setTimeout(() => log.push(1), 2 ** 31)`, "1,2"},
		{"the delay is converted", `setTimeout(() => log.push(2), "20"); setTimeout(() => log.push(1), {valueOf: () => 10})`, "1,2"},
		{"cleared", `clearTimeout(setTimeout(() => log.push(1))); log.push(2)`, "2"},
		{"clearing what is no timer", `clearTimeout(); clearTimeout(99); clearInterval("x"); log.push(1)`, "1"},
		{"each clears the other's", `clearTimeout(setInterval(() => log.push(1))); clearInterval(setTimeout(() => log.push(2))); clearImmediate(setImmediate(() => log.push(3)))`, ""},
		{"an interval until it is cleared", `let n = 0; const id = setInterval(x => { log.push(x); if (++n == 3) clearInterval(id) }, 5, "x")`, "x,x,x"},
		{"an interval leaves room for others", `const id = setInterval(() => log.push("i"), 0); setTimeout(() => { log.push("t"); clearInterval(id) }, 2)`, "i,t"},
		{"two intervals", `const a = setInterval(() => { log.push("a"); clearInterval(a) }, 1), b = setInterval(() => { log.push("b"); clearInterval(b) }, 2)`, "a,b"},
		{"no this", `setTimeout(function () { "use strict"; log.push(this === undefined) })`, "true"},
		{"ids are numbers", `log.push(typeof setTimeout(() => {}), setTimeout(() => {}) > 0)`, "number,true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHost(t)
			if got := h.eval("var log = [];" + tt.src + ";0"); got != "0" {
				t.Fatal(got)
			}
			if err := h.run(20); err != nil {
				t.Fatal(err)
			}
			if got := h.eval("log.join()"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTimersRefuseWhatIsNoFunction(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"code in a string", `setTimeout("f()", 1)`,
			"TypeError: setTimeout: code in a string is not run, pass a function: setTimeout(() => { … }, delay)"},
		{"code in a string, repeated", `setInterval("f()", 1)`,
			"TypeError: setInterval: code in a string is not run, pass a function: setInterval(() => { … }, delay)"},
		{"nothing", `setTimeout()`, "TypeError: setTimeout: the first argument must be a function, got undefined"},
		{"an object", `setImmediate({a: 1})`, "TypeError: setImmediate: the first argument must be a function, got { a: 1 }"},
	})
}

func TestTimerExceptionIsTheErrorOfTheCallback(t *testing.T) {
	for _, name := range []string{"setTimeout", "setInterval", "setImmediate"} {
		h := newTestHost(t)
		h.eval(name + `(() => { throw new RangeError("late") }, 1)`)
		err := h.run(5)
		if err == nil || thrown(err) != "RangeError: late" {
			t.Errorf("%s: got %v", name, err)
		}
		if len(h.timers) != 0 {
			t.Errorf("%s: it goes on", name)
		}
	}
}

func TestIntervalsOfAnEarlierRequestAreForgotten(t *testing.T) {
	h := newTestHost(t)
	state := func() *timers { return h.state[timersKey{}].(*timers) }
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h.ctx, h.timers = ctx, nil
		h.eval(`for (let i = 0; i < 10; i++) setInterval(() => {}, 1)`)
		if n := len(state().repeats); n != 10 {
			t.Fatalf("%d intervals, want 10", n)
		}
	}
}

func TestQueueMicrotask(t *testing.T) {
	h := newTestHost(t)
	got := h.eval(`
		var log = [];
		queueMicrotask(() => { log.push("a"); queueMicrotask(() => log.push("c")) });
		Promise.resolve().then(() => log.push("b"));
		log.push("first");
	`)
	if got != "1" {
		t.Fatal(got)
	}
	if got, want := h.eval("log.join()"), "first,a,b,c"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := h.eval("queueMicrotask('x')"), "TypeError: queueMicrotask: the argument must be a function, got 'x'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQueueMicrotaskExceptionFailsTheRequest(t *testing.T) {
	h := newTestHost(t)
	h.eval(`var ran; queueMicrotask(() => { throw new Error("micro") }); queueMicrotask(() => { ran = true })`)
	if h.failed == nil || !strings.Contains(h.failed.Error(), "micro") {
		t.Errorf("the request failed with %v", h.failed)
	}
	if got := h.eval("ran"); got != "true" {
		t.Error("the microtask after it did not run")
	}
}
