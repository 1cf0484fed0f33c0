package engine

import (
	"net/http/httptest"
	"testing"
	"time"
)

// TestPageThatIsLateIsNotSentWhenTheWatchdogIsLateToo holds the watchdog up. Whatever ends soon after
// the page's time, such as a regular expression that is given up, must not be taken for an answer.
func TestPageThatIsLateIsNotSentWhenTheWatchdogIsLateToo(t *testing.T) {
	for name, ending := range map[string]string{
		"string":    `return "wrong"`,
		"array":     `return ["wrong"]`,
		"none":      `return []`,
		"generator": `return (function* () { yield "wrong" })()`,
		"promise":   `return Promise.resolve("wrong")`,
		"write":     `write("wrong"); return []`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{Timeout: 100 * time.Millisecond, MaxRuntimes: 1}, `
				if (environ.PATH_INFO === "/ok") { start_response("200 OK", []); return "ok" }
				for (const end = Date.now() + 150; Date.now() < end;);
				const write = start_response("200 OK", []);
				`+ending)
			eventually(t, "there is a runtime", func() bool { status, _, _ := s.get("/ok"); return status == 200 })
			s.dog.mu.Lock()
			time.AfterFunc(300*time.Millisecond, s.dog.mu.Unlock) // the runtime can be thrown away then
			w := httptest.NewRecorder()
			err := s.ServePage(w, httptest.NewRequest("GET", "/", nil))
			if err == nil || asError(err).HTTPStatus() != 504 || w.Body.Len() > 0 {
				t.Errorf("got %v, and %q was sent", err, w.Body)
			}
		})
	}
}
