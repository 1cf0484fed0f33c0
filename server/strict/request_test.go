package strict

import (
	"net/http"
	"strings"
	"testing"
)

// request is one that HTTP/2 has brought, as libraries give it.
func request(change func(*http.Request)) *http.Request {
	r := &http.Request{
		Method: "GET", RequestURI: "/", Host: "h", ProtoMajor: 2, Header: http.Header{"Accept": {"*/*"}},
	}
	change(r)
	return r
}

var limits = Limits{URI: 100, Bytes: 1000, Fields: 10}

func TestRequestIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		change func(*http.Request)
	}{
		{"no method", 400, func(r *http.Request) { r.Method = "" }},
		{"method with space", 400, func(r *http.Request) { r.Method = "GET /" }},
		{"method in brackets", 400, func(r *http.Request) { r.Method = "(GET)" }},
		{"long method", 501, func(r *http.Request) { r.Method = strings.Repeat("M", 65) }},
		{"absolute target", 400, func(r *http.Request) { r.RequestURI = "http://h/" }},
		{"relative target", 400, func(r *http.Request) { r.RequestURI = "x" }},
		{"target with fragment", 400, func(r *http.Request) { r.RequestURI = "/a#b" }},
		{"target with fragment in its query", 400, func(r *http.Request) { r.RequestURI = "/a?b#c" }},
		{"target with space", 400, func(r *http.Request) { r.RequestURI = "/a b" }},
		{"target with tab", 400, func(r *http.Request) { r.RequestURI = "/a?\t" }},
		{"target with NUL", 400, func(r *http.Request) { r.RequestURI = "/\x00" }},
		{"target with delete", 400, func(r *http.Request) { r.RequestURI = "/\x7f" }},
		{"target with broken escape", 400, func(r *http.Request) { r.RequestURI = "/%zz" }},
		{"star", 400, func(r *http.Request) { r.RequestURI = "*" }},
		{"long target", 414, func(r *http.Request) { r.RequestURI = "/" + strings.Repeat("x", 100) }},
		{"no host", 400, func(r *http.Request) { r.Host = "" }},
		{"host with slash", 400, func(r *http.Request) { r.Host = "a/b" }},
		{"host with space", 400, func(r *http.Request) { r.Host = "a b" }},
		{"host with user", 400, func(r *http.Request) { r.Host = "u@h" }},
		{"host with bad port", 400, func(r *http.Request) { r.Host = "h:99999" }},
		{"another host", 400, func(r *http.Request) { r.Header["Host"] = []string{"i"} }},
		{"two hosts", 400, func(r *http.Request) { r.Header["Host"] = []string{"h", "h"} }},
		{"two lengths", 400, func(r *http.Request) {
			r.ContentLength, r.Header["Content-Length"] = 5, []string{"5", "6"}
		}},
		{"the same length twice", 400, func(r *http.Request) {
			r.ContentLength, r.Header["Content-Length"] = 5, []string{"5", "5"}
		}},
		{"length with sign", 400, func(r *http.Request) { r.Header["Content-Length"] = []string{"+0"} }},
		{"length without a body", 400, func(r *http.Request) { r.Header["Content-Length"] = []string{"5"} }},
		{"unknown expectation", 417, func(r *http.Request) { r.Header["Expect"] = []string{"miracles"} }},
		{"space before a value", 400, func(r *http.Request) { r.Header["A"] = []string{" b"} }},
		{"tab behind a value", 400, func(r *http.Request) { r.Header["A"] = []string{"b\t"} }},
		{"many fields", 431, func(r *http.Request) { r.Header["A"] = make([]string, 9) }},
		{"long field", 431, func(r *http.Request) { r.Header["A"] = []string{strings.Repeat("x", 1000)} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := Request(request(tc.change), limits); err == nil || err.Status != tc.status {
				t.Errorf("got %v, want status %d", err, tc.status)
			}
		})
	}
}

func TestRequestIsGood(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"plain":                 func(*http.Request) {},
		"query":                 func(r *http.Request) { r.RequestURI = "/a%20b?c=d&e=%zz" },
		"high octets":           func(r *http.Request) { r.RequestURI = "/é" },
		"two slashes":           func(r *http.Request) { r.RequestURI = "//x" },
		"star":                  func(r *http.Request) { r.Method, r.RequestURI = "OPTIONS", "*" },
		"connect":               func(r *http.Request) { r.Method, r.RequestURI, r.Host = "CONNECT", "h:80", "h:80" },
		"unknown method":        func(r *http.Request) { r.Method = "BREW" },
		"host said twice":       func(r *http.Request) { r.Header["Host"] = []string{"h"} },
		"IPv6":                  func(r *http.Request) { r.Host = "[::1]:80" },
		"length":                func(r *http.Request) { r.ContentLength, r.Header["Content-Length"] = 5, []string{"5"} },
		"length of 0":           func(r *http.Request) { r.Header["Content-Length"] = []string{"0"} },
		"body without length":   func(r *http.Request) { r.ContentLength = -1 },
		"empty value":           func(r *http.Request) { r.Header["A"] = []string{""} },
		"space inside":          func(r *http.Request) { r.Header["A"] = []string{"b \t c"} },
		"1.0 without host":      func(r *http.Request) { r.ProtoMajor, r.Host = 1, "" },
		"1.1 in absolute form":  func(r *http.Request) { r.ProtoMajor, r.RequestURI = 1, "http://h/x" },
		"made up by a program":  func(r *http.Request) { r.ProtoMajor, r.Host, r.RequestURI = 1, "", "" },
		"expectation":           func(r *http.Request) { r.Header["Expect"] = []string{"100-continue"} },
		"as many as may be":     func(r *http.Request) { r.Header["A"] = make([]string, 8) },
		"as long as may be":     func(r *http.Request) { r.Header = http.Header{"A": {strings.Repeat("x", 1000-5)}} },
		"target as long as may": func(r *http.Request) { r.RequestURI = "/" + strings.Repeat("x", 99) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := Request(request(change), limits); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	r := request(func(r *http.Request) {
		r.Header = http.Header{
			"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}, "Accept-Encoding": {"gzip, br"},
			"Accept-Language": {"en"}, "Cookie": {"session=0123456789abcdef0123456789abcdef"},
			"User-Agent": {"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if err := Request(r, limits); err != nil {
			b.Fatal(err)
		}
	}
}
