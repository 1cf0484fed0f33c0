package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestBodyIsLimited(t *testing.T) {
	s, _ := newServer(t, Config{MaxBody: 10, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Path == "/ignore" {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		_, err = w.Write(body)
		return err
	})})
	addr := serve(t, s)
	tests := []struct{ name, head, body, want string }{
		{"at the limit", "POST / HTTP/1.1\r\nContent-Length: 10", "0123456789", "200 OK"},
		{"above", "POST / HTTP/1.1\r\nContent-Length: 11", "01234567890", "413 Request Entity Too Large"},
		{"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "a\r\n0123456789\r\n0\r\n\r\n", "200 OK"},
		{"chunked above", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "b\r\n01234567890\r\n0\r\n\r\n", "413 Request Entity Too Large"},
		{"not read", "POST /ignore HTTP/1.1\r\nContent-Length: 11", "01234567890", "200 OK"},
		{"asked before it is sent", "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11", "", "413 Request Entity Too Large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := exchange(t, addr, tt.head+"\r\nHost: x\r\nConnection: close\r\n\r\n"+tt.body)
			if !strings.HasPrefix(got, "HTTP/1.1 "+tt.want+"\r\n") {
				t.Errorf("got %q, want %s", got, tt.want)
			}
		})
	}
	unlimited, _ := newServer(t, Config{MaxBody: -1, Pages: s.config.Pages})
	got := exchange(t, serve(t, unlimited), tests[1].head+"\r\nHost: x\r\nConnection: close\r\n\r\n"+tests[1].body)
	if !strings.HasSuffix(got, tests[1].body) {
		t.Errorf("without a limit: %q", got)
	}
}

func TestConnectionEndsWithABodyThatIsTooLarge(t *testing.T) {
	for name, std := range map[string]bool{"own": false, "net/http": true} {
		s, _ := newServer(t, Config{MaxBody: 10, StdHTTP: std, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(r.Body)
			return err
		})})
		// It is not known how much of the body there is to come.
		conn := dial(t, serve(t, s))
		_, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n")
		must(t, err)
		if resp, _ := readAnswer(t, bufio.NewReader(conn), "POST"); resp.StatusCode != 413 || !resp.Close {
			t.Errorf("%s: %s, close %v; want 413, true", name, resp.Status, resp.Close)
		}
		conn.Close()
	}
}
