package engine

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestEnvironIsFreshPerRequest(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		const seen = [environ.mine, environ.PATH_INFO, environ.HTTP_HOST, environ["wsgi.version"].length, environ === globalThis.last].join();
		environ.mine = 1; environ.PATH_INFO = "/changed"; delete environ.HTTP_HOST; environ["wsgi.version"].push(2);
		globalThis.last = environ;
		return seen;`)
	s.want("/a", 200, ",/a,example.com,2,false")
	s.want("/b", 200, ",/b,example.com,2,false")
}

func TestVariablesAreNotSharedBetweenRuntimes(t *testing.T) {
	both := make(chan struct{}, 2)
	release := make(chan struct{})
	cfg := Config{Modules: hooks(func(string) {
		both <- struct{}{}
		<-release
	})}
	s := serve(t, cfg, map[string]string{"index.js": `
		import { hook } from "wizgy:test";
		let n = 0;
		export function application(environ, start_response) {
			n++;
			hook("both");
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			return String(n);
		}`})
	first, second := s.dial(), s.dial()
	for _, c := range []*conn{first, second} {
		c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	}
	<-both
	<-both // both are in the page at the same time
	close(release)
	for _, c := range []*conn{first, second} {
		if _, body, err := c.response(); body != "1" || err != nil {
			t.Errorf("got %q, %v; want 1", body, err)
		}
	}
}

func TestEnvironUnderTLS(t *testing.T) {
	s := app(t, Config{}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return [environ.HTTPS, environ["wsgi.url_scheme"], Object.keys(environ).includes("HTTPS"), environ.SERVER_PROTOCOL].join();`)
	srv := httptest.NewTLSServer(s.Engine)
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "on,https,true,HTTP/1.1" {
		t.Errorf("got %q", b)
	}
	s.want("/", 200, ",http,false,HTTP/1.1")
}

// TestEnvironOfARequestThatAProgramMade has none of what a server adds.
func TestEnvironOfARequestThatAProgramMade(t *testing.T) {
	s := app(t, Config{}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		const e = environ;
		return [e.REQUEST_METHOD, e.SERVER_NAME, e.SERVER_PORT, e.REMOTE_ADDR, e.REMOTE_PORT, e.REQUEST_URI, e.QUERY_STRING, e["wsgi.input"].read().length].map(String).join();`)
	r, err := http.NewRequest("GET", "/a%20b?q", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := s.ServePage(w, r); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Body.String(), "GET,localhost,80,,,/a%20b?q,q,0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironServerNameAndPort(t *testing.T) {
	for host, want := range map[string]string{
		"example.com": "example.com 80", "example.com:8080": "example.com 8080", "[::1]:8080": "::1 8080",
		"[::1]": "::1 80", "": "localhost 80", "example.com:": "example.com 80", "caf\xe9": "café 80",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		name, port := serverAddr(r)
		if got := name + " " + port; got != want {
			t.Errorf("Host %q: got %q, want %q", host, got, want)
		}
	}
}

func TestParamsMayHaveAnyName(t *testing.T) {
	s := serve(t, Config{}, map[string]string{"[__proto__]/[constructor]/[...toString].js": `
		export function application(environ, start_response) {
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			return JSON.stringify(Object.entries(environ["wizgy.params"]));
		}`})
	s.want("/a/b/c/d", 200, `[["__proto__","a"],["constructor","b"],["toString","c/d"]]`)
}
