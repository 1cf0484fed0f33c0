package engine

import (
	"bytes"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRequestBody tells what the body of a request costs, with the connection left out: bytes
// that a page sends back as they are, and a form that it reads.
func BenchmarkRequestBody(b *testing.B) {
	for name, c := range map[string]struct{ page, body string }{
		"echo16K": {`export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "application/octet-stream"]]);
  return [environ["wsgi.input"].read()];
}`, strings.Repeat("x", 16<<10)},
		"form": {`export function application(environ, start_response) {
  const form = new URLSearchParams(new TextDecoder().decode(environ["wsgi.input"].read()));
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return "hello " + form.get("name");
}`, "name=Ada+Lovelace&message=hello+world"},
		"unread": {`export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return "hello";
}`, "name=Ada+Lovelace&message=hello+world"},
	} {
		b.Run(name, func(b *testing.B) {
			e := benchEngine(b, map[string]string{"hello.js": c.page})
			text := []byte(c.body)
			body := bytes.NewReader(text)
			r := httptest.NewRequest("POST", "/hello", body)
			r.Body = io.NopCloser(body)
			w := &limiting{discard{header: map[string][]string{}}}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(text)
				if err := e.ServePage(w, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// limiting looks after clients that are slow, as wizgy's server does.
type limiting struct{ discard }

func (*limiting) LimitsClient() (body, answer bool) { return true, true }
