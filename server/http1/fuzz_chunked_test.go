package http1

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strings"
	"testing"
)

// The grammar of a chunked body: RFC 9112, 7.1. The size of the data is checked besides.
var (
	grammarChunk = regexp.MustCompile("^([0-9A-Fa-f]+)(" + extension + ")*\r\n")
	grammarEnd   = regexp.MustCompile("^(" + token + ":" + fieldChar + "*\r\n)*\r\n")
)

// decodeChunks decodes a chunked body by the grammar alone, and returns what follows it.
func decodeChunks(s string) (data, rest string, ok bool) {
	for {
		m := grammarChunk.FindStringSubmatch(s)
		if m == nil || len(m[1]) > 15 {
			return "", "", false
		}
		s = s[len(m[0]):]
		var size int
		fmt.Sscanf(m[1], "%x", &size)
		if size == 0 {
			end := grammarEnd.FindString(s)
			return data, s[len(end):], end != ""
		}
		if size > len(s)-2 || s[size:size+2] != "\r\n" {
			return "", "", false
		}
		data, s = data+s[:size], s[size+2:]
	}
}

// FuzzChunked: a chunked body is read as the grammar says, and as net/http does, and the next
// request is found behind it. What the grammar refuses gives an error.
func FuzzChunked(f *testing.F) {
	for _, tc := range bodyFaults {
		f.Add(tc.body, uint8(0))
	}
	f.Add("5\r\nhello\r\n0\r\n\r\n", uint8(0))
	f.Add("5;a=b ; c=\"d\\\"\"\r\nhello\r\n000\r\nA: b\r\n\r\n", uint8(3))
	f.Fuzz(func(t *testing.T, body string, step uint8) {
		if len(body) > 400 {
			return // the limits are not in the grammar
		}
		var got []seen
		input := "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body
		play(&Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = append(got, see(r))
		})}, []byte(input), int(step)+1)
		data, _, ok := decodeChunks(body)
		if len(got) == 0 {
			t.Fatal("the request was refused")
		}
		if accepted := got[0].Err == ""; accepted != ok {
			t.Fatalf("accepted: %v (%v), by the grammar: %v", accepted, got[0].Err, ok)
		}
		if !ok {
			return
		}
		if got[0].Body != data {
			t.Errorf("got %q, by the grammar %q", got[0].Body, data)
		}
		if std, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(body))); err != nil || string(std) != data {
			t.Errorf("got %q, net/http has %q, %v", data, std, err)
		}
	})
}
