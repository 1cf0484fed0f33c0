package server

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestClientThatTakesItsTimeIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		server := &progressConn{Conn: conn, timeout: time.Minute}
		content := strings.Repeat("0123456789abcdef", 1<<16)
		go func() {
			_, err := server.Write([]byte(content))
			must(t, err)
			_, err = server.ReadFrom(strings.NewReader(content))
			must(t, err)
			must(t, server.Close())
		}()
		var got bytes.Buffer
		begun := time.Now()
		for {
			<-time.After(25 * time.Second)
			if _, err := io.CopyN(&got, client, 64<<10); err != nil {
				break
			}
		}
		if got.String() != content+content || time.Since(begun) < 10*time.Minute {
			t.Errorf("%d bytes in %v", got.Len(), time.Since(begun))
		}
	})
}

func TestClientThatTakesNothingIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		defer client.Close()
		server := &progressConn{Conn: conn, timeout: time.Minute}
		must(t, server.SetWriteDeadline(time.Now().Add(time.Hour)))
		begun := time.Now()
		_, err := server.Write(make([]byte, 1<<20))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Minute {
			t.Errorf("%v after %v, want a timeout after a minute", err, time.Since(begun))
		}
	})
}

func TestDeadlineOfAHandlerCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		defer client.Close()
		server := &progressConn{Conn: conn, timeout: time.Minute}
		begun := time.Now()
		must(t, server.SetDeadline(begun.Add(time.Second)))
		if _, err := server.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("%v after %v, want a timeout after a second", err, time.Since(begun))
		}
		must(t, server.SetDeadline(time.Time{}))
		if _, err := server.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != 61*time.Second {
			t.Errorf("%v after %v, want a timeout after a minute more", err, time.Since(begun))
		}
	})
}

func TestWriteTimeoutEndsAPage(t *testing.T) {
	failed := make(chan error, 1)
	s, _ := newServer(t, Config{WriteTimeout: 50 * time.Millisecond, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				failed <- err
				return err
			}
		}
	})})
	conn := dial(t, serve(t, s))
	_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	select {
	case err := <-failed:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v, want a timeout", err)
		}
	case <-time.After(time.Minute):
		t.Error("the page still writes to a client that takes nothing")
	}
}

func TestLargeFileArrivesWhole(t *testing.T) {
	root := t.TempDir()
	content := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	must(t, os.WriteFile(filepath.Join(root, "big"), content, 0o644))
	s, _ := newServer(t, Config{Root: root})
	addr := serve(t, s)
	for ranges, want := range map[string][]byte{
		"": content, "bytes=5-1000000": content[5:1000001], "bytes=0-131071": content[:piece], "bytes=-3": content[len(content)-3:],
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/big", nil)
		must(t, err)
		if ranges != "" {
			r.Header.Set("Range", ranges)
		}
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		got, err := io.ReadAll(resp.Body)
		must(t, err)
		must(t, resp.Body.Close())
		if !bytes.Equal(got, want) {
			t.Errorf("%q: %d bytes, want %d", ranges, len(got), len(want))
		}
	}
}
