//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestAnswerIsReadAlikeInWholeAndInPieces(t *testing.T) {
	for name, tt := range map[string]struct {
		wire, body string
		status     int
		close      bool
		wrong      string
	}{
		"counted":        {wire: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello"},
		"in capitals":    {wire: "HTTP/1.1 200 OK\r\nCONTENT-LENGTH:5\r\n\r\nhello", body: "hello"},
		"chunked":        {wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n", body: "hello"},
		"closing":        {wire: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", body: "hi", close: true},
		"old":            {wire: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", body: "hi", close: true},
		"old, kept":      {wire: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", body: "hi"},
		"not modified":   {wire: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304},
		"status":         {wire: "HTTP/1.1 500 Oops\r\n\r\n", wrong: "status 500, want 200"},
		"not HTTP":       {wire: "220 mail.example ESMTP\r\n\r\n", wrong: "no HTTP/1 answer"},
		"too much":       {wire: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!", body: "hi", wrong: "1 bytes more"},
		"too little":     {wire: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", body: "hi!", wrong: "a body of 2 bytes, want 3"},
		"another":        {wire: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho", body: "hi", wrong: "a wrong body: at byte"},
		"chunk size":     {wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", wrong: "a wrong chunk size"},
		"chunk's end":    {wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", body: "ab", wrong: "a chunk without an end"},
		"length":         {wire: "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n", wrong: "a wrong header"},
		"no colon":       {wire: "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", wrong: "a header without a colon"},
		"an endless one": {wire: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 2*maxHead), wrong: "a head or line of more than"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 7, len(tt.wire)} {
				a := answer{status: 200, want: []byte(tt.body)}
				if tt.status != 0 {
					a.status = tt.status
				}
				var err error
				for wire := tt.wire; wire != "" && err == nil; wire = wire[min(size, len(wire)):] {
					err = a.feed([]byte(wire[:min(size, len(wire))]))
				}
				switch {
				case tt.wrong != "":
					if err == nil || !strings.Contains(err.Error(), tt.wrong) {
						t.Errorf("in pieces of %d: got %v, want %s", size, err, tt.wrong)
					}
				case err != nil || a.state != complete || a.close != tt.close:
					t.Errorf("in pieces of %d: %v, %+v", size, err, a)
				}
			}
		})
	}
}

func TestAnswerMayEndWithTheConnection(t *testing.T) {
	a := answer{status: 200, want: []byte("hello")}
	if err := a.feed([]byte("HTTP/1.1 200 OK\r\n\r\nhel")); err != nil {
		t.Fatal(err)
	}
	if early := a; early.ended() == nil {
		t.Error("a body that is too short: no error")
	}
	if err := a.feed([]byte("lo")); err != nil {
		t.Fatal(err)
	}
	if err := a.ended(); err != nil || !a.close || a.state != complete {
		t.Errorf("%v, %+v", err, a)
	}
}
