package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// sink is a ResponseWriter that costs nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header                   { return s.header }
func (s *sink) WriteHeader(int)                       {}
func (s *sink) Write(p []byte) (int, error)           { return len(p), nil }
func (s *sink) WriteString(p string) (int, error)     { return len(p), nil }
func (s *sink) ReadFrom(src io.Reader) (int64, error) { return io.Copy(io.Discard, src) }

func bench(b *testing.B, h http.Handler, target string, headers ...string) {
	r := httptest.NewRequest("GET", target, nil)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := &sink{make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

func BenchmarkStaticFile(b *testing.B) {
	root := site(b, map[string]string{"a.html": strings.Repeat("x", 5000)})
	s, _ := newServer(b, Config{Root: root, NoAccessLog: true})
	b.Run("wizgy", func(b *testing.B) { bench(b, s, "/a.html") })
	b.Run("wizgy clean URL", func(b *testing.B) { bench(b, s, "/a") })
	b.Run("wizgy 304", func(b *testing.B) {
		bench(b, s, "/a.html", "If-None-Match: "+do(s, "GET", "/a.html").Header().Get("Etag"))
	})
	b.Run("wizgy as a browser", func(b *testing.B) { bench(b, s, "/a.html", everyCoding, "Accept: */*", "User-Agent: x") })
	b.Run("wizgy range", func(b *testing.B) { bench(b, s, "/a.html", "Range: bytes=0-99") })
	b.Run("http.FileServer", func(b *testing.B) { bench(b, http.FileServer(http.Dir(root)), "/a.html") })
}

// BenchmarkHandlerOverhead is what a request costs before and after a page that does nothing.
func BenchmarkHandlerOverhead(b *testing.B) {
	nothing := pageFunc(func(http.ResponseWriter, *http.Request) error { return nil })
	root := site(b, map[string]string{"other.html": ""})
	for _, bm := range []struct {
		name   string
		config Config
	}{
		{"pages only", Config{NoAccessLog: true}},
		{"with a folder", Config{NoAccessLog: true, Root: root}},
		{"with a folder in dev", Config{NoAccessLog: true, Root: root, Dev: true}},
		{"log json", Config{Logger: NewLogger(io.Discard, "json")}},
		{"log text", Config{Logger: NewLogger(io.Discard, "text")}},
	} {
		bm.config.Pages = nothing
		s, _ := newServer(b, bm.config)
		b.Run(bm.name, func(b *testing.B) { bench(b, s, "/page") })
	}
}

// BenchmarkPage is what a page of 12 KB costs that is compressed, or might have been.
func BenchmarkPage(b *testing.B) {
	page := typedPage("text/html; charset=utf-8", prose)
	for _, accept := range []string{"", "zstd", "gzip", "br"} {
		for _, off := range []bool{true, false} {
			if off && accept != "" {
				continue
			}
			s, _ := newServer(b, Config{Pages: page, NoAccessLog: true, NoCompress: off})
			b.Run(map[bool]string{true: "NoCompress", false: "Accept-Encoding:" + accept}[off], func(b *testing.B) {
				bench(b, s, "/page", "Accept-Encoding: "+accept)
			})
		}
	}
}
