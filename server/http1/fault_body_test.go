package http1

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

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
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		close   bool // the answer says that the connection ends, which only a handler that has read can know
	}{
		"read":     {func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); w.WriteHeader(422) }, true},
		"not read": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(422) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{Handler: tc.handler})
			c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + get("/smuggled"))
			if resp, _ := c.response("POST"); resp.StatusCode != 422 || resp.Close != tc.close {
				t.Errorf("got %s, close %v; want 422, %v", resp.Status, resp.Close, tc.close)
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
