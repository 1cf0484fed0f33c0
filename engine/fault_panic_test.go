package engine

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// TestPanicCostsTheRequestAndTheRuntime has Go code below the interpreter panic, twice at one place
// and twice at another: each time it is a 500, the next request finds another runtime, and the stack
// is there once for each place.
func TestPanicCostsTheRequestAndTheRuntime(t *testing.T) {
	cfg := Config{MaxRuntimes: 1, Modules: []module.Module{{Name: "wizgy:test", Load: func(h module.Host) (*goja.Object, error) {
		o := h.Runtime().NewObject()
		o.Set("index", func(list []int) int { return list[5] })
		return o, o.Set("divide", func(n int) int { return 1 / n })
	}}}}
	s := serve(t, cfg, map[string]string{"page.js": `
		import { index, divide } from "wizgy:test";
		let n = 0;
		export function application(environ, start_response) {
			n++;
			start_response("200 OK", []);
			if (environ.QUERY_STRING === "index") index([]);
			if (environ.QUERY_STRING === "divide") divide(0);
			return String(n);
		}`})
	for i, step := range []struct {
		path  string
		stack bool
	}{{"/page?index", true}, {"/page?index", false}, {"/page?divide", true}, {"/page?divide", false}} {
		s.want("/page", 200, "1")
		e := asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", step.path, nil)))
		if e.HTTPStatus() != 500 || !strings.Contains(e.Message, "the interpreter failed") || !bounded(e) {
			t.Errorf("%s: got %v", step.path, e)
		}
		if has := e.Stack() != ""; has != step.stack {
			t.Errorf("%s: there is a stack: %v, want %v", step.path, has, step.stack)
		}
		if got := s.Panics(); got != int64(i+1) {
			t.Errorf("%d panics were counted, want %d", got, i+1)
		}
	}
	s.want("/page", 200, "1")
}
