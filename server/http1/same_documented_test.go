package http1

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// post is a request with a body that ends the connection.
func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", path, len(body), body)
}

// handled makes a case of a handler that takes no notes.
func handled(h http.Handler) func(*notes, http.ResponseWriter, *http.Request) {
	return func(_ *notes, w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }
}

// someFiles are what a file server has.
var someFiles = fstest.MapFS{
	"index.html":    {Data: []byte("<p>home"), ModTime: time.Unix(1e9, 0)},
	"docs/a.txt":    {Data: []byte(strings.Repeat("text ", 5000)), ModTime: time.Unix(1e9, 0)},
	"docs/b b.json": {Data: []byte("{}"), ModTime: time.Unix(1e9, 0)},
}

// documentedCases are the handlers that net/http brings along, and the uses that its documentation
// shows of a ResponseWriter.
var documentedCases = []sameCase{
	{"file server", get("/") + get("/docs") + get("/docs/") + get("/docs/a.txt") + get("/docs/b%20b.json") + get("/index.html") + last("/nosuch"),
		handled(http.FileServerFS(someFiles))},
	{"file server behind a prefix", get("/static/docs/a.txt") + get("/static/docs") + last("/other"),
		handled(http.StripPrefix("/static", http.FileServerFS(someFiles)))},
	{"file server with conditions", "HEAD /docs/a.txt HTTP/1.1\r\nHost: h\r\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\nConnection: close\r\n\r\n",
		handled(http.FileServerFS(someFiles))},
	{"file server with ranges", "GET /docs/a.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=24990-\r\nConnection: close\r\n\r\n", handled(http.FileServerFS(someFiles))},
	{"mux", get("/items/7") + get("/items/") + get("/a/../items/7") + "DELETE /items/7 HTTP/1.1\r\nHost: h\r\n\r\n" + last("/sub"), func() func(*notes, http.ResponseWriter, *http.Request) {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Pattern, " ", r.PathValue("id")) })
		mux.Handle("/sub/", text("sub"))
		return handled(mux)
	}()},
	{"not found", last("/x"), handled(http.NotFoundHandler())},
	{"redirect handler", last("/x"), handled(http.RedirectHandler("/y", http.StatusTemporaryRedirect))},
	{"error", last("/x"), func(_ *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.Header().Set("Content-Encoding", "gzip")
		http.Error(w, "I am a teapot", http.StatusTeapot)
	}},
	{"limited by a handler", post("/", strings.Repeat("x", 100)) + last("/2"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			n.add("%d %v", len(b), err)
		}), 10).ServeHTTP(w, r)
	}},
	{"basic authentication", "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic dXNlcjpwYXNz\r\nConnection: close\r\n\r\n", func(n *notes, w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		n.add("%s %s %v", user, password, ok)
	}},
	{"protection from other origins", strings.Replace(post("/", "x"), "Host: h", "Host: h\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site", 1), func(_ *notes, w http.ResponseWriter, r *http.Request) {
		http.NewCrossOriginProtection().Handler(text("let in")).ServeHTTP(w, r)
	}},
	{"events", last("/"), func(_ *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			rc.Flush()
		}
	}},
	{"trailers by a reader that fails", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "AtEnd1, AtEnd2")
		w.Header().Add("Trailer", "AtEnd3")
		w.WriteHeader(http.StatusOK)
		w.Header().Set("AtEnd1", "value 1")
		io.WriteString(w, "This HTTP response has both headers before this text and trailers at the end.\n")
		w.Header().Set("AtEnd2", "value 2")
		w.Header().Set("AtEnd3", "value 3")
	}},
	{"deadlines", post("/", "hello"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		n.add("%v %v", rc.SetReadDeadline(time.Now().Add(time.Minute)), rc.SetWriteDeadline(time.Now().Add(time.Minute)))
		b, err := io.ReadAll(r.Body)
		n.add("%s %v %v", b, err, rc.EnableFullDuplex())
	}},
	{"reverse proxy", get("/a?b=c") + post("/echo", "body"), proxied(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-From", "behind")
		fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, b)
	}))},
	{"reverse proxy with hints and trailers", get("/a") + last("/b"), proxied(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Trailer", "X-Announced")
		io.WriteString(w, "body")
		w.(http.Flusher).Flush()
		w.Header().Set("X-Announced", "1")
		w.Header().Set(http.TrailerPrefix+"X-Late", "2")
	}))},
	{"reverse proxy whose backend breaks off", get("/a"), proxied(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begun")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))},
	{"timeout handler that is in time", get("/a") + post("/b", "hello"), handled(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-A", "1")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s", r.URL.Path, b)
	}), time.Minute, "late"))},
	{"hijacked for good", get("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			n.add("%v", err)
			return
		}
		defer c.Close()
		fmt.Fprint(buf, "HTTP/1.0 200 OK\r\n\r\nNow we're speaking raw TCP.")
		buf.Flush()
	}},
}

// proxied answers through a reverse proxy in front of h.
func proxied(h http.Handler) func(*notes, http.ResponseWriter, *http.Request) {
	return func(_ *notes, w http.ResponseWriter, r *http.Request) {
		behind := httptest.NewServer(h)
		defer behind.Close()
		to, _ := url.Parse(behind.URL)
		proxy := httputil.ReverseProxy{
			Rewrite:  func(p *httputil.ProxyRequest) { p.SetURL(to) },
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0),
		}
		proxy.ServeHTTP(w, r)
	}
}

// TestUpgradeThroughReverseProxy has a connection that becomes another protocol's, as WebSockets do.
func TestUpgradeThroughReverseProxy(t *testing.T) {
	behind := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		io.Copy(c, rw)
	})
	front := func(w http.ResponseWriter, r *http.Request) { proxied(behind)(nil, w, r) }
	c := dial(t, serve(t, &Server{Handler: http.HandlerFunc(front)}))
	c.send("GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	if resp, _ := c.response("GET"); resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Upgrade") != "echo" {
		t.Fatalf("got %s %v", resp.Status, resp.Header)
	}
	for _, want := range []string{"hello", "again"} {
		c.send(want)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c.r, got); string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	c.Close()
}
