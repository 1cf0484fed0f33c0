package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPageNamesItselfAndKnowsItsRequest(t *testing.T) {
	var ids []uint64
	s, logs := newServer(t, Config{Root: site(t, map[string]string{"a.txt": "x"}), Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.(interface{ SetPage(string) }).SetPage("blog/[slug].js")
		ids = append(ids, w.(interface{ RequestID() uint64 }).RequestID())
		w.WriteHeader(201)
		_, err := io.WriteString(w, "made")
		return err
	})})
	do(s, "GET", "/a.txt")
	do(s, "POST", "/blog/x?token=secret")
	do(s, "HEAD", "/blog/x")
	if len(ids) != 2 || ids[0] != 2 || ids[1] != 3 {
		t.Errorf("requests %v, want 2 and 3", ids)
	}
	for i, want := range []string{
		"method=GET path=/a.txt status=200 bytes=1 duration=",
		"method=POST path=/blog/x status=201 bytes=4 duration=",
		"method=HEAD path=/blog/x status=201 bytes=0 duration=",
	} {
		line := logs.lines(" request ")[i]
		if !strings.Contains(line, want) || !strings.Contains(line, fmt.Sprintf("request=%d generation=%d remote=192.0.2.1:1234", i+1, s.generation.now())) ||
			strings.Contains(line, "page=blog/[slug].js") != (i > 0) || strings.Contains(line, "file=a.txt") != (i == 0) {
			t.Errorf("line %d: %s", i, line)
		}
	}
	if strings.Contains(logs.String(), "secret") {
		t.Error("the query is in the log")
	}
}

func TestWriterIsAWholeResponseWriter(t *testing.T) {
	s, logs := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		c := http.NewResponseController(w)
		if r.URL.Path == "/hijack" {
			conn, buf, err := c.Hijack()
			if err != nil {
				return err
			}
			defer conn.Close()
			buf.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nmy own")
			buf.Flush()
			return errors.New("too late for an error page")
		}
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "a") // io.StringWriter
		w.(http.Flusher).Flush()
		io.Copy(w, io.LimitReader(strings.NewReader("bcd"), 2)) // io.ReaderFrom
		return errors.Join(c.Flush(), c.SetWriteDeadline(time.Now().Add(time.Minute)), c.SetReadDeadline(time.Time{}), c.EnableFullDuplex())
	})})
	addr := serve(t, s)
	resp, err := http.Get("http://" + addr + "/")
	must(t, err)
	body, err := io.ReadAll(resp.Body)
	must(t, resp.Body.Close())
	if err != nil || string(body) != "abc" || resp.StatusCode != 202 {
		t.Errorf("%d %q %v", resp.StatusCode, body, err)
	}
	if got := exchange(t, addr, "GET /hijack HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasSuffix(got, "\r\n\r\nmy own") {
		t.Errorf("hijacked: %q", got)
	}
	eventually(t, "both lines", func() bool { return len(logs.lines("INFO  request ")) == 2 })
	if len(logs.lines("status=202 bytes=3 ")) != 1 || len(logs.lines("too late")) != 1 || len(logs.lines("http: ")) != 0 {
		t.Errorf("log:\n%s", logs)
	}
}

func TestWriterWorksOverAPlainOne(t *testing.T) {
	s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Flush: %v, want ErrNotSupported", err)
		}
		n, err := io.Copy(w, io.LimitReader(strings.NewReader("abc"), 2))
		if n != 2 {
			t.Errorf("copied %d", n)
		}
		return err
	})})
	inner := httptest.NewRecorder()
	s.ServeHTTP(struct{ http.ResponseWriter }{inner}, httptest.NewRequest("GET", "/", nil))
	if inner.Body.String() != "ab" {
		t.Errorf("body %q", inner.Body)
	}
}
