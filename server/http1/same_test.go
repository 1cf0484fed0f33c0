package http1

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSameAsNetHTTP runs handlers under both servers, with TLS and without, and under this one
// with reuse.
func TestSameAsNetHTTP(t *testing.T) {
	pair, config := tlsPair(t)
	for _, tc := range slices.Concat(sameCases, documentedCases) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			run := func(start func(http.Handler) string) string {
				var n notes
				addr := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tc.handler(&n, w, r) }))
				answers := parseAnswers(t, dial(t, addr), tc.input)
				return answers + "notes:\n" + n.String()
			}
			runTLS := func(start func(http.Handler, net.Listener)) string {
				var n notes
				l := listen(t)
				start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tc.handler(&n, w, r) }), l)
				answers := parseAnswers(t, dialTLS(t, l.Addr().String(), config), tc.input)
				return answers + "notes:\n" + n.String()
			}
			want := run(func(h http.Handler) string { return serveStd(t, h) })
			got := run(func(h http.Handler) string { return serve(t, &Server{Handler: h}) })
			reused := run(func(h http.Handler) string { return serve(t, &Server{Handler: h, ReuseRequests: true}) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-net/http +http1:\n%s", diff)
			}
			if diff := cmp.Diff(got, reused); diff != "" {
				t.Errorf("-http1 +http1 with reuse:\n%s", diff)
			}
			want = runTLS(func(h http.Handler, l net.Listener) {
				s := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), TLSConfig: pair.Clone()}
				go s.ServeTLS(l, "", "")
				t.Cleanup(func() { s.Close() })
			})
			got = runTLS(func(h http.Handler, l net.Listener) {
				s := &Server{Handler: h, Logger: slog.New(slog.DiscardHandler), TLSConfig: pair.Clone()}
				go s.ServeTLS(l, "", "")
				t.Cleanup(func() { s.Close() })
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-net/http +http1, over TLS:\n%s", diff)
			}
		})
	}
}

// parseAnswers sends input and returns what comes back until the end, in a form to compare.
func parseAnswers(t *testing.T, c *client, input string) string {
	t.Helper()
	go io.WriteString(c, input)
	var b strings.Builder
	method, _, _ := strings.Cut(input, " ")
	for {
		resp, err := http.ReadResponse(c.r, &http.Request{Method: method})
		if err != nil {
			fmt.Fprintf(&b, "end: %v\n", err == io.ErrUnexpectedEOF)
			return b.String()
		}
		body, err := io.ReadAll(resp.Body)
		// The version is left out: net/http tells clients of HTTP/1.0 that it speaks no other.
		fmt.Fprintf(&b, "%s\nlength %d te %v close %v\n", resp.Status, resp.ContentLength, resp.TransferEncoding, resp.Close)
		if d := resp.Header.Get("Date"); d != "" && d != "never" {
			resp.Header.Set("Date", "set")
		}
		for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
			fmt.Fprintf(&b, "%s: %q\n", name, resp.Header[name])
		}
		fmt.Fprintf(&b, "body %d %.60q %v trailer %v\n", len(body), body, err, resp.Trailer)
	}
}

func noteRequest(n *notes, w http.ResponseWriter, r *http.Request) {
	u := *r.URL
	n.add("%s %s %s %d.%d", r.Method, r.RequestURI, r.Proto, r.ProtoMajor, r.ProtoMinor)
	n.add("%#v", url.URL(u))
	n.add("host %q length %d close %v te %q", r.Host, r.ContentLength, r.Close, r.TransferEncoding)
	n.add("remote %v tls %v", r.RemoteAddr != "", r.TLS != nil && r.TLS.HandshakeComplete)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		n.add("%s: %q", name, r.Header[name])
	}
	b, err := io.ReadAll(r.Body)
	n.add("body %q %v", b, err)
	n.add("close %v", r.Body.Close())
	io.WriteString(w, "noted")
}

func echoPath(n *notes, w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }

func large(n *notes, w http.ResponseWriter, r *http.Request) {
	for i := range 50 {
		fmt.Fprintf(w, "line %d %s\n", i, strings.Repeat("x", i*20))
	}
	w.Write(make([]byte, 100_000))
}

func flushed(n *notes, w http.ResponseWriter, r *http.Request) {
	for range 3 {
		io.WriteString(w, "part\n")
		n.add("%v", http.NewResponseController(w).Flush())
	}
}

func status(code int) func(*notes, http.ResponseWriter, *http.Request) {
	return func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(code)
	}
}

func tempFile(n *notes, size int) *os.File {
	f, err := os.Create(filepath.Join(os.TempDir(), fmt.Sprintf("http1-%d-%p", os.Getpid(), n)))
	if err != nil {
		panic(err)
	}
	os.Remove(f.Name())
	f.WriteString(strings.Repeat("0123456789", size/10))
	f.Seek(0, io.SeekStart)
	return f
}
