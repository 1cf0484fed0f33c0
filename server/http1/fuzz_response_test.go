package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"wizgy/server/strict"
)

// FuzzResponse: whatever a handler does, its answer is read as one answer, with the body that it
// wrote, and the next one is found behind it.
func FuzzResponse(f *testing.F) {
	f.Add([]byte("whw"), uint8(0))
	f.Add([]byte("Lww"), uint8(0))
	f.Add([]byte("3wfWtw"), uint8(0))
	f.Add([]byte("T1wft"), uint8(1))
	f.Add([]byte("IwF"), uint8(2))
	f.Add([]byte("4w"), uint8(3))
	f.Add([]byte("CBDWWfw"), uint8(4))
	f.Fuzz(func(t *testing.T, ops []byte, kind uint8) {
		if len(ops) > 50 {
			return
		}
		head := []string{
			"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
			"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			"GET / HTTP/1.0\r\n\r\n",
			"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
		}[kind%5]
		var written []byte
		var declared int64 = -1
		out := play(&Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/next" {
				io.WriteString(w, "next")
				return
			}
			written = runOps(w, r, ops)
			if n, err := strict.ParseLength(w.Header().Get("Content-Length")); err == nil {
				declared = n
			}
		})}, []byte(head+last("/next")), 1000)
		checkAnswers(t, out, strings.HasPrefix(head, "HEAD"), written, declared)
	})
}

// runOps does what each octet stands for, and returns what was written with success.
func runOps(w http.ResponseWriter, r *http.Request, ops []byte) (written []byte) {
	for i, op := range ops {
		h := w.Header()
		switch op {
		case 'w', 'W':
			p := bytes.Repeat([]byte{'a' + byte(i%26)}, map[byte]int{'w': 10, 'W': 5000}[op])
			n, _ := w.Write(p)
			written = append(written, p[:n]...)
		case 'f':
			w.(http.Flusher).Flush()
		case 'F':
			n, _ := io.Copy(w, strings.NewReader("copied"))
			written = append(written, "copied"[:n]...)
		case '1', '2', '3', '4', '5':
			w.WriteHeader(map[byte]int{'1': 103, '2': 204, '3': 304, '4': 404, '5': 599}[op])
		case 'h':
			h.Add("X-H", "v\r\nX-Evil: 1")
		case 'e':
			h["Bad\r\nName"] = []string{"x"}
		case 'L':
			h.Set("Content-Length", "20")
		case 'I':
			h.Set("Transfer-Encoding", "identity")
		case 'C':
			h.Set("Transfer-Encoding", "chunked")
		case 'T':
			h.Set("Trailer", "X-T")
		case 't':
			h.Set("X-T", "1")
			h.Set(http.TrailerPrefix+"X-U", "2")
		case 'c':
			h.Set("Connection", "close")
		case 'D':
			h["Date"] = nil
		case 'B':
			io.ReadAll(r.Body)
		}
	}
	return written
}

// checkAnswers reads the answers to a request and to the one behind it.
func checkAnswers(t *testing.T, out []byte, isHead bool, written []byte, declared int64) {
	r := bufio.NewReader(bytes.NewReader(out))
	method := map[bool]string{true: "HEAD", false: "GET"}[isHead]
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	for err == nil && resp.StatusCode < 200 {
		resp, err = http.ReadResponse(r, &http.Request{Method: method})
	}
	if err != nil {
		t.Fatalf("the answer cannot be read: %v\n%q", err, out)
	}
	body, err := io.ReadAll(resp.Body)
	short := !isHead && declared >= 0 && resp.ContentLength > int64(len(written))
	if err != nil && !short {
		t.Fatalf("the body cannot be read: %v\n%q", err, out)
	}
	if isHead {
		written = nil
	}
	if !bytes.Equal(body, written) {
		t.Fatalf("got body %q, want %q\n%q", body, written, out)
	}
	if resp.Header.Get("X-Evil") != "" {
		t.Fatalf("a header was smuggled: %q", out)
	}
	rest, _ := io.ReadAll(r)
	if resp.Close || short {
		if len(rest) > 0 {
			t.Fatalf("got %q behind the last answer", rest)
		}
		return
	}
	next, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(rest)), nil)
	if err != nil {
		t.Fatalf("the next answer cannot be read: %v\n%q", err, out)
	}
	if body, err := io.ReadAll(next.Body); err != nil || string(body) != "next" {
		t.Fatalf("the next answer is %q, %v\n%q", body, err, out)
	}
}
