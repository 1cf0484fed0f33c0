package server

import (
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// rulesSite has files, and pages that answer what their path says.
func rulesSite(t *testing.T, config Config) *Server {
	config.Root = site(t, map[string]string{
		"index.html": "start", "about.html": "about", "app.js": "app", "app.3f9a2c1b.js": "app", "LICENSE": "x",
		"assets/a.css": "a", "assets/b-5KDRFJ7Z.css": "b", "assets/b/index.html": "b",
	})
	config.Pages = pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		switch r.URL.Path {
		case "/assets/own":
			h.Set("Cache-Control", "private")
			h.Set("X-Frame-Options", "SAMEORIGIN")
			h.Set("Vary", "Cookie")
			h.Set("Content-Type", "text/x-own")
		case "/assets/nothing":
			w.WriteHeader(http.StatusNoContent)
			return nil
		case "/assets/cookie":
			h.Set("Set-Cookie", "a=b")
		case "/assets/flushed":
			return http.NewResponseController(w).Flush()
		case "/assets/empty":
			return nil
		case "/assets/failed":
			h.Set("X-Frame-Options", "SAMEORIGIN")
			return errors.New("failed")
		case "/assets/missing":
			return &statusError{status: 404, msg: "no page"}
		}
		_, err := fmt.Fprint(w, "page")
		return err
	})
	s, _ := newServer(t, config)
	return s
}

func TestCacheControlByPattern(t *testing.T) {
	const year = "public, max-age=31536000, immutable"
	s := rulesSite(t, Config{Cache: []CacheRule{
		{Path: "/assets/b*", Control: ""},
		{Path: "/assets/*", Control: "max-age=60"},
		{Path: "/*.html", Control: "no-cache"},
	}})
	for _, test := range []struct{ request, want string }{
		{"GET /assets/a.css", "max-age=60"},
		{"HEAD /assets/a.css", "max-age=60"},
		{"OPTIONS /assets/a.css", ""},
		{"POST /assets/a.css", "no-store"},
		{"GET /assets/b", ""},
		{"GET /assets/b-5KDRFJ7Z.css", ""},
		{"GET /", "no-cache"},
		{"GET /about", "no-cache"},
		{"GET /app.js", ""},
		{"GET /app.3f9a2c1b.js", year},
		{"GET /missing.3f9a2c1b.js", ""},
		{"GET /assets/page", "max-age=60"},
		{"POST /assets/page", ""},
		{"GET /assets/own", "private"},
		{"GET /assets/cookie", ""},
		{"GET /assets/flushed", "max-age=60"},
		{"GET /assets/empty", "max-age=60"},
		{"GET /assets/failed", "no-store"},
		{"GET /assets/missing", "no-store"},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		if w := do(s, method, path); w.Header().Get("Cache-Control") != test.want {
			t.Errorf("%s: %d with %q, want %q", test.request, w.Code, w.Header().Get("Cache-Control"), test.want)
		}
	}
	etag := do(s, "GET", "/assets/a.css").Header().Get("Etag")
	if w := do(s, "GET", "/assets/a.css", "If-None-Match: "+etag); w.Code != 304 || w.Header().Get("Cache-Control") != "max-age=60" {
		t.Errorf("not modified: %d with %v", w.Code, w.Header())
	}
	if w := do(s, "GET", "/assets/a.css", "Range: bytes=9-"); w.Code != 416 || w.Header().Get("Cache-Control") != "" {
		t.Errorf("no such range: %d with %v", w.Code, w.Header())
	}
}

func TestDevKeepsNothing(t *testing.T) {
	s := rulesSite(t, Config{Dev: true, Cache: []CacheRule{{Path: "/*", Control: "max-age=60"}}})
	for path, want := range map[string]string{"/app.3f9a2c1b.js": "no-cache", "/": "no-cache", "/assets/page": ""} {
		if got := do(s, "GET", path).Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestHeadersByPattern(t *testing.T) {
	s := rulesSite(t, Config{
		Redirects: []Redirect{{From: "/assets/old", To: "/assets/new"}},
		Headers: []HeaderRule{
			{Path: "/assets/a.css", Set: map[string]string{"x-frame-options": "none", "X-Content-Type-Options": ""}},
			{Path: "/assets/*", Set: map[string]string{"X-Frame-Options": "DENY", "Vary": "Origin", "Content-Type": "text/x-rule"}},
			{Path: "/about.html", Set: map[string]string{"X-About": "yes"}},
		},
	})
	for _, test := range []struct{ path, name, want string }{
		{"/assets/a.css", "X-Frame-Options", "none"},
		{"/assets/a.css", "X-Content-Type-Options", ""},
		{"/assets/a.css", "Content-Type", "text/x-rule"},
		{"/app.js", "X-Content-Type-Options", "nosniff"},
		{"/app.js", "X-Frame-Options", ""},
		{"/LICENSE", "X-Content-Type-Options", ""},
		{"/about", "X-About", "yes"},
		{"/about.html", "X-About", "yes"},
		{"/assets/page", "X-Frame-Options", "DENY"},
		{"/assets/page", "Vary", "Origin"},
		{"/assets/page", "X-Content-Type-Options", ""},
		{"/assets/own", "X-Frame-Options", "SAMEORIGIN"},
		{"/assets/own", "Vary", "Cookie, Accept-Encoding, Origin"},
		{"/assets/own", "Content-Type", "text/x-own"},
		{"/assets/nothing", "Content-Type", ""},
		{"/assets/flushed", "X-Frame-Options", "DENY"},
		{"/assets/empty", "X-Frame-Options", "DENY"},
		{"/assets/failed", "X-Frame-Options", "DENY"},
		{"/assets/failed", "Content-Type", "text/plain; charset=utf-8"},
		{"/assets/old", "X-Frame-Options", "DENY"},
		{"/assets/b", "X-Frame-Options", "DENY"},
		{"/assets/a%00", "X-Frame-Options", "DENY"},
	} {
		w := do(s, "GET", test.path)
		if got := strings.Join(w.Header().Values(test.name), ", "); got != test.want {
			t.Errorf("%s: %d with %s %q, want %q", test.path, w.Code, test.name, got, test.want)
		}
	}
}

// TestTypeByRuleIsThatOfTheParts asks for two ranges of a file: the type of the whole answer says how
// to take it apart.
func TestTypeByRuleIsThatOfTheParts(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a": "0123456789"}), Headers: []HeaderRule{
		{Path: "/a", Set: map[string]string{"Content-Type": "text/x-rule", "X-Rule": "yes"}},
	}})
	r := httptest.NewRequest("GET", "/a", nil)
	r.Header.Set("Range", "bytes=0-1,5-6")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	kind, params, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
	part, err := multipart.NewReader(w.Body, params["boundary"]).NextPart()
	if w.Code != 206 || kind != "multipart/byteranges" || err != nil {
		t.Fatalf("got %d %s, %v", w.Code, kind, err)
	}
	if got := part.Header.Get("Content-Type"); got != "text/x-rule" || w.Header().Get("X-Rule") != "yes" {
		t.Errorf("got a part of %q and %v", got, w.Header())
	}
}

func TestRuleThatWouldNotWorkIsRefused(t *testing.T) {
	header := func(name, value string) Config {
		return Config{Headers: []HeaderRule{{Path: "/*", Set: map[string]string{name: value}}}}
	}
	for name, test := range map[string]struct {
		config Config
		want   string
	}{
		"no path":            {Config{Cache: []CacheRule{{Control: "x"}}}, "cache 1: path is missing"},
		"a line break":       {Config{Cache: []CacheRule{{Path: "/*", Control: "a\r\nb: c"}}}, "cache 1: control must be visible ASCII"},
		"no headers":         {Config{Headers: []HeaderRule{{Path: "/*"}}}, "headers 1: set is missing"},
		"a header's path":    {Config{Headers: []HeaderRule{{Path: "x"}}}, "headers 1: path must begin"},
		"no name":            {header("", "x"), "names of headers"},
		"a blank in a name":  {header("X Y", "x"), "names of headers"},
		"a colon in a name":  {header("X:", "x"), "names of headers"},
		"a break in a value": {header("X-A", "a\nb"), "X-A: must be visible ASCII"},
		"a NUL in a value":   {header("X-A", "\x00"), "X-A: must be visible ASCII"},
		"not ASCII":          {header("X-A", "é"), "X-A: must be visible ASCII"},
		"framing":            {header("content-length", "1"), "must not have Content-Length"},
		"hop by hop":         {header("Transfer-Encoding", "chunked"), "must not have Transfer-Encoding"},
		"another list":       {header("Cache-Control", "no-cache"), "[[cache]]"},
		"a redirect":         {header("Location", "/"), "[[redirect]]"},
		"two spellings": {Config{Headers: []HeaderRule{{Path: "/*", Set: map[string]string{"X-A": "1", "x-a": "2"}}}},
			"X-A in two spellings"},
	} {
		_, err := New(test.config)
		if _, ok := errors.AsType[*RuleError](err); !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, test.want)
		}
	}
}

func TestRulesAreReadFromText(t *testing.T) {
	var r Redirect
	must(t, r.UnmarshalText([]byte(" /a  /b 301\n")))
	if r != (Redirect{"/a", "/b", 301}) {
		t.Errorf("%+v", r)
	}
	must(t, r.UnmarshalText([]byte("/a /b")))
	if r != (Redirect{"/a", "/b", 0}) {
		t.Errorf("%+v", r)
	}
	var c CacheRule
	must(t, c.UnmarshalText([]byte("/a/* public, max-age=60\n")))
	if c != (CacheRule{"/a/*", "public, max-age=60"}) {
		t.Errorf("%+v", c)
	}
	var h HeaderRule
	must(t, h.UnmarshalText([]byte("/* X-A: b: c")))
	if h.Path != "/*" || len(h.Set) != 1 || h.Set["X-A"] != "b: c" {
		t.Errorf("%+v", h)
	}
	for _, bad := range []error{
		r.UnmarshalText([]byte("/a")), r.UnmarshalText([]byte("/a /b 301 x")), r.UnmarshalText([]byte("/a /b moved")),
		c.UnmarshalText([]byte("/a")), h.UnmarshalText([]byte("/a X-A")), h.UnmarshalText(nil),
	} {
		if bad == nil || !strings.Contains(bad.Error(), "must") {
			t.Errorf("%v, want what it must be", bad)
		}
	}
}

func TestFlushedHeadHasTheHeaders(t *testing.T) {
	s := rulesSite(t, Config{
		Cache:   []CacheRule{{Path: "/assets/*", Control: "max-age=60"}},
		Headers: []HeaderRule{{Path: "/*", Set: map[string]string{"X-Frame-Options": "DENY"}}},
	})
	resp, err := http.Get("http://" + serve(t, s) + "/assets/flushed")
	must(t, err)
	defer resp.Body.Close()
	if h := resp.Header; h.Get("Cache-Control") != "max-age=60" || h.Get("X-Frame-Options") != "DENY" {
		t.Errorf("the headers are %v", h)
	}
}
