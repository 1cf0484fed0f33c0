package module

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"
)

// testHost is a runtime with all built-ins, and a loop whose time passes at once.
type testHost struct {
	t     testing.TB
	rt    *goja.Runtime
	ctx   context.Context
	log   bytes.Buffer
	state map[any]any

	now    time.Duration
	nextID int64
	timers []testTimer
	failed error
}

type testTimer struct {
	id   int64
	at   time.Duration
	call func() error
}

// newTestHost returns a host whose globals are those of a page, with the exports of wizgy:http
// as http and those of the JSX runtime as jsx.
func newTestHost(t testing.TB) *testHost {
	t.Helper()
	h := &testHost{t: t, rt: goja.New(), ctx: t.Context(), state: map[any]any{}}
	h.rt.SetMaxCallStackSize(2000)
	for _, g := range Globals() {
		h.global(g)
	}
	for _, m := range Builtins() {
		exports, err := m.Load(h)
		if err != nil {
			t.Fatalf("load %s: %v", m.Name, err)
		}
		name := strings.TrimPrefix(m.Name, "wizgy:")
		if name, _, _ = strings.Cut(name, "/"); name != "" {
			h.set(name, exports)
		}
	}
	return h
}

// global makes g a global variable that is loaded at first touch.
func (h *testHost) global(g Global) {
	load := func(goja.FunctionCall) goja.Value {
		v, err := g.Load(h)
		if err != nil {
			h.t.Fatalf("load %s: %v", g.Name, err)
		}
		if err := h.rt.GlobalObject().DefineDataProperty(g.Name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
			h.t.Fatal(err)
		}
		return v
	}
	if err := h.rt.GlobalObject().DefineAccessorProperty(g.Name, h.rt.ToValue(load), nil, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		h.t.Fatal(err)
	}
}

func (h *testHost) set(name string, v any) {
	h.t.Helper()
	if err := h.rt.Set(name, v); err != nil {
		h.t.Fatal(err)
	}
}

func (h *testHost) Runtime() *goja.Runtime   { return h.rt }
func (h *testHost) Context() context.Context { return h.ctx }
func (h *testHost) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

func (h *testHost) Reserve() func(func() error) {
	h.t.Fatal("no built-in of this package reserves")
	return nil
}

func (h *testHost) After(d time.Duration, call func() error) int64 {
	h.nextID++
	h.timers = append(h.timers, testTimer{h.nextID, h.now + max(d, 0), call})
	return h.nextID
}

func (h *testHost) Cancel(id int64) {
	h.timers = slices.DeleteFunc(h.timers, func(t testTimer) bool { return t.id == id })
}

func (h *testHost) Fail(err error) {
	if h.failed == nil {
		h.failed = err
	}
}

func (h *testHost) State(key any, make func() any) any {
	if _, ok := h.state[key]; !ok {
		v := make()
		h.state[key] = v
	}
	return h.state[key]
}

// run runs timers, at most limit of them, and returns the first error.
func (h *testHost) run(limit int) error {
	for ; limit > 0 && len(h.timers) > 0 && h.failed == nil; limit-- {
		next := slices.MinFunc(h.timers, func(a, b testTimer) int { return int(a.at - b.at) })
		h.Cancel(next.id)
		h.now = next.at
		if err := next.call(); err != nil {
			return err
		}
	}
	return h.failed
}

// eval runs src and returns its value as a string, or what it throws as "Name: message".
func (h *testHost) eval(src string) string {
	h.t.Helper()
	v, err := h.rt.RunScript("test.js", src)
	if err != nil {
		return thrown(err)
	}
	return v.String()
}

// thrown is the text of what was thrown.
func thrown(err error) string {
	ex, ok := err.(*goja.Exception)
	if !ok {
		return err.Error()
	}
	o, ok := ex.Value().(*goja.Object)
	if !ok {
		return ex.Value().String()
	}
	return o.Get("name").String() + ": " + o.Get("message").String()
}

// evalCase is a piece of JavaScript and what it comes to.
type evalCase struct{ name, src, want string }

func runEvalCases(t *testing.T, cases []evalCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Helper()
			if got := newTestHost(t).eval(tt.src); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}
