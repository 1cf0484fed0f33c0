//go:build unix

package engine

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkIsolation tells what a runtime of its own costs a request: with a small page, and with
// one that has a library of 100 KB, of which it uses little. The time of the processor has that of
// the garbage collector in it, and nothing of what else the machine does.
func BenchmarkIsolation(b *testing.B) {
	var library strings.Builder
	for i := 0; library.Len() < 100<<10; i++ {
		fmt.Fprintf(&library, `export class Thing%d { constructor(name) { this.name = name; this.parts = []; }
  add(part) { if (!part) throw new TypeError("part %[1]d is missing"); this.parts.push(part); return this; }
  get size() { return this.parts.reduce((sum, part) => sum + part.length, 0); } }
export function make%[1]d(...parts) { const thing = new Thing%[1]d("thing"); for (const part of parts) thing.add(part); return thing; }
export const table%[1]d = { one: [1, 2, 3], two: { a: "x", b: /^[a-z]+%[1]d$/i }, three: (x) => x * %[1]d };
`, i)
	}
	uses := `import * as library from "./_library.js";
export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return "size " + library.make7("a", "b").size;
}
`
	for _, page := range []struct{ name, src string }{{"small", helloPage}, {"library", uses}} {
		for _, isolation := range []Isolation{IsolationPage, IsolationRequest} {
			b.Run(page.name+"/"+string(isolation), func(b *testing.B) {
				dir := b.TempDir()
				write(b, dir, "a.js", page.src)
				write(b, dir, "_library.js", library.String())
				e := open(b, Config{Dir: dir, Isolation: isolation})
				r := httptest.NewRequest("GET", "/a", nil)
				w := &discard{header: http.Header{}}
				if err := e.ServePage(w, r); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				before := processorTime(b)
				for b.Loop() {
					if err := e.ServePage(w, r); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// processorTime returns what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
