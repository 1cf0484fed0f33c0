package http1

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// headFaults are requests that are refused before any handler runs. Behind each comes a request
// that must not be run either.
var headFaults = []struct {
	name   string
	input  string
	status int
}{
	{"length and coding", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding and length", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
	{"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n", 400},
	{"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
	{"the same length twice", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
	{"length with plus", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello", 400},
	{"length with minus", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\nhello", 400},
	{"length list", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\nhello", 400},
	{"length overflow", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775808\r\n\r\nhello", 400},
	{"length wraps", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551621\r\n\r\nhello", 400},
	{"length hexadecimal", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nhello", 400},
	{"length empty", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n", 400},
	{"length with space", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1 0\r\n\r\n0123456789", 400},
	{"coding unknown", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
	{"coding list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
	{"coding identity", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 400},
	{"coding with vertical tab", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400},
	{"coding misspelt", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
	{"coding empty", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", 400},
	{"coding twice", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding twice in a list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding after chunked", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400},
	{"coding after chunked, on a line of its own", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", 400},
	{"chunked after another, on a line of its own", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
	{"codings with parameters", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip;q=\"1\", chunked\r\n\r\n0\r\n\r\n", 501},
	{"comma after the coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", 400},
	{"comma before the coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 400},
	{"comma and space after the coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked , \t\r\n\r\n0\r\n\r\n", 400},
	{"empty member between codings", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip,,chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding is a comma", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ,\r\n\r\n0\r\n\r\n", 400},
	{"empty coding on a second line", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", 400},
	{"empty coding on a first line", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding folded", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding folded after a comma", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip,\r\n\tchunked\r\n\r\n0\r\n\r\n", 400},
	{"chunked with a parameter", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked;x=y\r\n\r\n0\r\n\r\n", 400},
	{"chunked in quotes", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400},
	{"chunked and more, without a comma", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked identity\r\n\r\n0\r\n\r\n", 400},
	{"chunked with a letter that only looks alike", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chun\u212aed\r\n\r\n0\r\n\r\n", 400},
	{"coding without a body's method", "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 400},

	{"folded header", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400},
	{"folded first header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
	{"folded by tab", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\tc\r\n\r\n", 400},
	{"space before colon", "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", 400},
	{"tab before colon", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length\t: 5\r\n\r\nhello", 400},
	{"no colon", "GET / HTTP/1.1\r\nHost: h\r\nABC\r\n\r\n", 400},
	{"empty name", "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", 400},
	{"invalid name", "GET / HTTP/1.1\r\nHost: h\r\nA(B): c\r\n\r\n", 400},
	{"name with high octet", "GET / HTTP/1.1\r\nHost: h\r\nA\xe9: c\r\n\r\n", 400},
	{"nul in value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\x00c\r\n\r\n", 400},
	{"escape in value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\x1b[31m\r\n\r\n", 400},
	{"delete in value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\x7f\r\n\r\n", 400},
	{"bare carriage return in value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400},
	{"bare carriage return in line", "GET / HTTP/1.1\rX\r\nHost: h\r\n\r\n", 400},
	{"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
	{"one bare line feed", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", 400},
	{"bare line feed at the end", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400},

	{"no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
	{"two hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400},
	{"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
	{"host with slash", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", 400},
	{"host with user", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
	{"host with space", "GET / HTTP/1.1\r\nHost: h x\r\n\r\n", 400},
	{"host with bad port", "GET / HTTP/1.1\r\nHost: h:8x\r\n\r\n", 400},
	{"host with two ports", "GET / HTTP/1.1\r\nHost: h:8:9\r\n\r\n", 400},
	{"host with open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
	{"host with bad escape", "GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n", 400},
	{"host with bad version of an address", "GET / HTTP/1.1\r\nHost: [vz.a]\r\n\r\n", 400},
	{"host without version of an address", "GET / HTTP/1.1\r\nHost: [v.a]\r\n\r\n", 400},
	{"host of a version without an address", "GET / HTTP/1.1\r\nHost: [v1.]\r\n\r\n", 400},
	{"host of a version without a dot", "GET / HTTP/1.1\r\nHost: [v1]\r\n\r\n", 400},
	{"host of a version with a slash", "GET / HTTP/1.1\r\nHost: [v1.a/b]\r\n\r\n", 400},
	{"host that is no IPv6 address", "GET / HTTP/1.1\r\nHost: [1::2::3]\r\n\r\n", 400},
	{"IPv4 address in brackets", "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400},
	{"IPv6 address with a zone", "GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n", 400},
	{"IPv6 address with a bare zone", "GET / HTTP/1.1\r\nHost: [fe80::1%eth0]\r\n\r\n", 400},
	{"IPv6 address without brackets", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400},
	{"empty brackets", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400},
	{"text behind brackets", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400},
	{"port above the highest", "GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n", 400},
	{"port that wraps", "GET / HTTP/1.1\r\nHost: h:18446744073709551696\r\n\r\n", 400},
	{"port with a sign", "GET / HTTP/1.1\r\nHost: h:+80\r\n\r\n", 400},
	{"port without a host", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
	{"host with half an escape", "GET / HTTP/1.1\r\nHost: a%4\r\n\r\n", 400},
	{"host with a high octet", "GET / HTTP/1.1\r\nHost: \u00e9\r\n\r\n", 400},
	{"host with backslash", "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", 400},
	{"host is a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
	{"host is a URL", "GET / HTTP/1.1\r\nHost: http://a/\r\n\r\n", 400},
	{"target with bad host", "GET http://a%zz/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"target with bad port", "GET http://a:b/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"target with a space of a host", "GET http://a%20b:70000/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"two hosts in 1.0", "GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400},

	{"star", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"authority form", "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"relative target", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"unknown scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"user in target", "GET http://u:p@h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"no authority", "GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"bad escape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"nul in target", "GET /\x00 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"connect without port", "CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"connect to a path", "CONNECT /x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"tab", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"space at the end", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
	{"no version", "GET /\r\n\r\n", 400},
	{"invalid method", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
	{"handshake of TLS", "\x16\x03\x01\x02\x00\x01", 400},
	{"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
	{"version 0.9", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505},
	{"version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
	{"version with two digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400},

	{"version 2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
	{"version without a dot", "GET / HTTP/2\r\nHost: h\r\n\r\n", 400},
	{"long method", strings.Repeat("M", 9<<10) + " / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
	{"method of 65 letters", strings.Repeat("M", 65) + " / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
	{"endless method", strings.Repeat("M", 40<<10), 501},
	{"long method and target", strings.Repeat("M", 9<<10) + " /" + strings.Repeat("x", 9<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", 501},
	{"long method that is no token", strings.Repeat("M", 60) + "(" + strings.Repeat("M", 9<<10), 400},
	{"long target", "GET /" + strings.Repeat("x", 8<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
	{"endless target", "GET /" + strings.Repeat("x", 20<<10), 414},
	{"long header", "GET / HTTP/1.1\r\nHost: h\r\nA: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", 431},
	{"endless header", "GET / HTTP/1.1\r\nHost: h\r\nA: " + strings.Repeat("x", 40<<10), 431},
	{"many headers", "GET / HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("A: b\r\n", 100) + "\r\n", 431},
	{"unknown expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 5\r\n\r\nhello", 417},
	{"unknown expectation beside a known one", "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue, miracles\r\nContent-Length: 5\r\n\r\nhello", 417},
}

func TestRefusesRequests(t *testing.T) {
	for _, tc := range headFaults {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var runs atomic.Int32
			addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { runs.Add(1) })})
			c := dial(t, addr).send(tc.input + get("/smuggled"))
			resp, body := c.response("GET")
			if resp.StatusCode != tc.status {
				t.Errorf("got status %d %q, want %d", resp.StatusCode, body, tc.status)
			}
			if !resp.Close {
				t.Error("the answer does not say that the connection closes")
			}
			if want := fmt.Sprintf("%d %s: ", tc.status, http.StatusText(tc.status)); !strings.HasPrefix(body, want) {
				t.Errorf("got body %q, want %q…", body, want)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("got %q after the answer, want nothing", rest)
			}
			if n := runs.Load(); n != 0 {
				t.Errorf("the handler ran %d times, want none", n)
			}
		})
	}
}

// TestRefusedHEADHasNoContent asks with HEAD for what is refused, whatever is wrong with it.
func TestRefusedHEADHasNoContent(t *testing.T) {
	for _, tc := range headFaults {
		_, rest, ok := strings.Cut(tc.input, " ")
		if !ok || !strings.HasPrefix(tc.input, "GET ") && !strings.HasPrefix(tc.input, "POST ") {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, serve(t, &Server{Handler: text("run")})).send("HEAD " + rest)
			all := c.rest()
			head, content, _ := strings.Cut(all, "\r\n\r\n")
			if want := fmt.Sprintf("HTTP/1.1 %d ", tc.status); !strings.HasPrefix(head, want) || content != "" {
				t.Errorf("got %q, want %q… and no content", all, want)
			}
		})
	}
}

// TestAcceptsOddities has what is unusual, and right.
func TestAcceptsOddities(t *testing.T) {
	for name, input := range map[string]string{
		"empty line before":       "\r\n" + last("/"),
		"longest target":          "GET /" + strings.Repeat("x", 8<<10-1) + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"99 headers and a host":   "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + strings.Repeat("A: b\r\n", 98) + "\r\n",
		"header of 30 KiB":        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nA: " + strings.Repeat("x", 30<<10) + "\r\n\r\n",
		"empty value":             "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nA:\r\n\r\n",
		"high octets in a value":  "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nA: \xff\xfe\r\n\r\n",
		"high octets in a target": "GET /é HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"IPv6 host":               "GET / HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n",
		"host with empty port":    "GET / HTTP/1.1\r\nHost: h:\r\nConnection: close\r\n\r\n",
		"host with highest port":  "GET / HTTP/1.1\r\nHost: h:65535\r\nConnection: close\r\n\r\n",
		"host with long port":     "GET / HTTP/1.1\r\nHost: h:0000080\r\nConnection: close\r\n\r\n",
		"host of the future":      "GET / HTTP/1.1\r\nHost: [v1.fe80::a]\r\nConnection: close\r\n\r\n",
		"target of the future":    "GET http://[v1F.fe80::a+b]:80/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"IPv4 in IPv6":            "GET / HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:\r\nConnection: close\r\n\r\n",
		"host with underscore":    "GET / HTTP/1.1\r\nHost: a_b.example\r\nConnection: close\r\n\r\n",
		"host with escape":        "GET / HTTP/1.1\r\nHost: a%41b\r\nConnection: close\r\n\r\n",
		"target with escape":      "GET http://a%41b/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"host with dot at end":    "GET / HTTP/1.1\r\nHost: a.example.\r\nConnection: close\r\n\r\n",
		"empty host for a URL":    "GET http://h/ HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
		"empty host in 1.0":       "GET / HTTP/1.0\r\nHost:\r\n\r\n",
		"no host in 1.0":          "GET / HTTP/1.0\r\n\r\n",
		"version 1.2":             "GET / HTTP/1.2\r\nHost: h\r\nConnection: close\r\n\r\n",
		"version 1.9":             "GET / HTTP/1.9\r\nHost: h\r\nConnection: close\r\n\r\n",
		"method of 64 letters":    strings.Repeat("M", 64) + " / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"expectation in capitals": "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n",
		"close in a list":         "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n",
		"coding in capitals":      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n1;a=\"q\\\"\";b\r\nx\r\n00\r\nT: t\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{Handler: text("fine")})
			c := dial(t, addr).send(input)
			if resp, body := c.response("GET"); resp.StatusCode != 200 || body != "fine" || resp.Proto != "HTTP/1.1" || !resp.Close {
				t.Errorf("got %s %s %q, close %t, want 200 and close", resp.Proto, resp.Status, body, resp.Close)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("got %q after the answer, want nothing", rest)
			}
		})
	}
}
