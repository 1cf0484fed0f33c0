package http1

import (
	"errors"
	"fmt"
	"io"
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
	{"coding unknown", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
	{"coding list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
	{"coding identity", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501},
	{"coding with vertical tab", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400},
	{"coding misspelt", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
	{"coding empty", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", 501},
	{"coding twice", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"coding twice in a list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},

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
	{"version 1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
	{"version 0.9", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505},
	{"version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
	{"version with two digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400},

	{"long target", "GET /" + strings.Repeat("x", 8<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
	{"endless target", "GET /" + strings.Repeat("x", 20<<10), 414},
	{"long header", "GET / HTTP/1.1\r\nHost: h\r\nA: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", 431},
	{"endless header", "GET / HTTP/1.1\r\nHost: h\r\nA: " + strings.Repeat("x", 40<<10), 431},
	{"many headers", "GET / HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("A: b\r\n", 100) + "\r\n", 431},
	{"unknown expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 5\r\n\r\nhello", 417},
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
		"close in a list":         "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n",
		"coding in capitals":      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n1;a=\"q\\\"\";b\r\nx\r\n00\r\nT: t\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{Handler: text("fine")})
			c := dial(t, addr).send(input)
			if resp, body := c.response("GET"); resp.StatusCode != 200 || body != "fine" {
				t.Errorf("got %s %q, want 200", resp.Status, body)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("got %q after the answer, want nothing", rest)
			}
		})
	}
}

// bodyFaults are chunked bodies that break off with an error.
var bodyFaults = []struct{ name, body string }{
	{"no digits", "x\r\n"},
	{"empty size", "\r\n\r\n"},
	{"minus", "-1\r\n"},
	{"plus", "+1\r\nx\r\n"},
	{"0x", "0x1\r\nx\r\n"},
	{"size overflows", "10000000000000000\r\nx"},
	{"size too long", "00000000000000001\r\nx\r\n0\r\n\r\n"},
	{"space before size", " 1\r\nx\r\n0\r\n\r\n"},
	{"space after size", "1 \r\nx\r\n0\r\n\r\n"},
	{"bare line feed after size", "1\nx\r\n0\r\n\r\n"},
	{"bare line feed after data", "1\r\nx\n0\r\n\r\n"},
	{"no line end after data", "1\r\nxy\r\n0\r\n\r\n"},
	{"data too short", "2\r\nx\r\n0\r\n\r\n"},
	{"carriage return in extension", "1;a\rb\r\nx\r\n0\r\n\r\n"},
	{"bad extension", "1;;\r\nx\r\n0\r\n\r\n"},
	{"extension without semicolon", "1 a=b\r\nx\r\n0\r\n\r\n"},
	{"extension not closed", "1;a=\"b\r\nx\r\n0\r\n\r\n"},
	{"long extension", "1;a=" + strings.Repeat("b", 2<<10) + "\r\nx\r\n0\r\n\r\n"},
	{"many extensions", strings.Repeat("1;a="+strings.Repeat("b", 500)+"\r\nx\r\n", 20) + "0\r\n\r\n"},
	{"bad trailer", "1\r\nx\r\n0\r\nA b\r\n\r\n"},
	{"folded trailer", "1\r\nx\r\n0\r\nA: b\r\n c\r\n\r\n"},
	{"bare line feed in trailer", "1\r\nx\r\n0\r\nA: b\n\r\n"},
	{"long trailer", "1\r\nx\r\n0\r\nA: " + strings.Repeat("x", 33<<10) + "\r\n\r\n"},
	{"many trailers", "1\r\nx\r\n0\r\n" + strings.Repeat("A: b\r\n", 101) + "\r\n"},
}

func TestBrokenBodies(t *testing.T) {
	for _, tc := range bodyFaults {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			read := make(chan error, 2)
			addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				read <- err
			})})
			c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + tc.body + get("/smuggled"))
			resp, _ := c.response("POST")
			if resp.StatusCode != 400 || !resp.Close {
				t.Errorf("got %s, close %v; want 400, true", resp.Status, resp.Close)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("got %q after the answer, want nothing", rest)
			}
			var e *Error
			if err := receive(t, "the handler", read); !errors.As(err, &e) || e.Status != 400 {
				t.Errorf("the handler got %v, want an Error with status 400", err)
			}
			if len(read) > 0 {
				t.Error("what followed the broken body was run")
			}
		})
	}
}

// TestBrokenBodyAnswered has handlers that answer in spite of a broken body, or without reading it.
func TestBrokenBodyAnswered(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"read":     func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); w.WriteHeader(422) },
		"not read": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(422) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{Handler: h})
			c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + get("/smuggled"))
			if resp, _ := c.response("POST"); resp.StatusCode != 422 {
				t.Errorf("got %s, want 422", resp.Status)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("got %q after the answer, want nothing", rest)
			}
		})
	}
}

func TestTruncatedBody(t *testing.T) {
	read := make(chan error, 1)
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	})})
	c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello")
	c.Close()
	if err := receive(t, "the handler", read); err != io.ErrUnexpectedEOF {
		t.Errorf("got %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

// TestUnreadBody has bodies that the handler does not read, from small to more than is drained.
func TestUnreadBody(t *testing.T) {
	for _, tc := range []struct {
		name   string
		size   int
		chunks bool
		closes bool
	}{
		{"small", 100, false, false},
		{"as much as is drained", DefaultDrainLimit, false, false},
		{"a little more", DefaultDrainLimit + 1, false, true},
		{"large", 30 << 20, false, true},
		{"small, chunked", 100, true, false},
		{"large, chunked", 30 << 20, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{Handler: text("answer")})
			c := dial(t, addr)
			go func() {
				head, tail := fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", tc.size), ""
				if tc.chunks {
					head = fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", tc.size)
					tail = "\r\n0\r\n\r\n"
				}
				io.WriteString(c, head+strings.Repeat("x", tc.size)+tail+last("/2"))
			}()
			if _, body := c.response("POST"); body != "answer" {
				t.Errorf("got %q", body)
			}
			if tc.closes {
				if rest := c.rest(); rest != "" {
					t.Errorf("got %q after the answer, want nothing", rest)
				}
			} else if _, body := c.response("GET"); body != "answer" {
				t.Errorf("second request: got %q", body)
			}
		})
	}
}

// TestAnswerWithoutContinue has a client that waits for an interim answer that does not come.
func TestAnswerWithoutContinue(t *testing.T) {
	addr := serve(t, &Server{Handler: text("no, thanks")})
	c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
	resp, _ := c.response("POST")
	if resp.StatusCode != 200 || !resp.Close {
		t.Errorf("got %s, close %v; want 200, true", resp.Status, resp.Close)
	}
	c.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
	if rest := c.rest(); rest != "" {
		t.Errorf("got %q after the answer, want nothing", rest)
	}
}

func TestHeadArrivesOctetByOctet(t *testing.T) {
	addr := serve(t, &Server{Handler: text("whole")})
	c := dial(t, addr)
	for _, b := range []byte("\r\n" + last("/")) {
		c.send(string(b))
	}
	if _, body := c.response("GET"); body != "whole" {
		t.Errorf("got %q", body)
	}
}
