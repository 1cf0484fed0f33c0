package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// watchedListener gives connections that note how they are written to.
type watchedListener struct {
	net.Listener
	written  atomic.Int64 // from memory
	fromFile atomic.Int64
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConn{c.(*net.TCPConn), l}, nil
}

type watchedConn struct {
	*net.TCPConn
	l *watchedListener
}

func (c *watchedConn) Write(p []byte) (int, error) {
	c.l.written.Add(int64(len(p)))
	return c.TCPConn.Write(p)
}

// ReadFrom is what sendfile(2) is behind, if src is a part of a file.
func (c *watchedConn) ReadFrom(src io.Reader) (int64, error) {
	part, ok := src.(*io.LimitedReader)
	if !ok {
		return 0, errors.New("not a limited part of a file")
	}
	if _, ok := part.R.(*os.File); !ok {
		return 0, errors.New("not a file")
	}
	n, err := c.TCPConn.ReadFrom(src)
	c.l.fromFile.Add(n)
	return n, err
}

func TestLargeFileGoesFromTheFileToTheConnection(t *testing.T) {
	const size = 3 << 20
	root := site(t, map[string]string{"big.bin": strings.Repeat("x", size), "small.txt": "small"})
	for name, config := range map[string]Config{"": {}, "dev": {Dev: true}, "watched": {Watched: true}} {
		config.Root = root
		s, _ := newServer(t, config)
		ln, err := Listen(t.Context(), "127.0.0.1:0")
		must(t, err)
		l := &watchedListener{Listener: ln}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx, l) }()
		for _, tt := range []struct {
			target, byteRange string
			want              int64
		}{
			{"/big.bin", "", size}, {"/big.bin", "bytes=5-1000004", 1000000}, {"/big.bin", "bytes=0-99999,200000-299999", 200000}, {"/small.txt", "", 0},
		} {
			l.written.Store(0)
			l.fromFile.Store(0)
			req, err := http.NewRequest("GET", "http://"+ln.Addr().String()+tt.target, nil)
			must(t, err)
			if tt.byteRange != "" {
				req.Header.Set("Range", tt.byteRange)
			}
			resp, err := http.DefaultClient.Do(req)
			must(t, err)
			n, err := io.Copy(io.Discard, resp.Body)
			must(t, err)
			must(t, resp.Body.Close())
			// net/http reads the first 512 bytes of what it is given, to guess a type.
			eventually(t, "the bytes from the file", func() bool { return l.fromFile.Load() >= tt.want-512 })
			if l.written.Load() > 2000 || n != resp.ContentLength || tt.want == 0 && l.fromFile.Load() != 0 {
				t.Errorf("%s %s %s: %d bytes from the file and %d from memory, want %d", name, tt.target, tt.byteRange, l.fromFile.Load(), l.written.Load(), tt.want)
			}
		}
		http.DefaultClient.CloseIdleConnections()
		cancel()
		must(t, <-done)
	}
}

func TestTruncatedFileSendsNothingForeign(t *testing.T) {
	root := site(t, map[string]string{"big.bin": ""})
	name := filepath.Join(root, "big.bin")
	for _, byteRange := range []string{"", "Range: bytes=0-199999999\r\n", "Range: bytes=0-99999999,100000010-200000000\r\n"} {
		must(t, os.Truncate(name, 256<<20))
		s, logs := newServer(t, Config{Root: root})
		conn := dial(t, serve(t, s))
		_, err := io.WriteString(conn, "GET /big.bin HTTP/1.1\r\nHost: x\r\n"+byteRange+"\r\n")
		must(t, err)
		begin := make([]byte, 1000)
		_, err = io.ReadFull(conn, begin)
		must(t, err)
		must(t, os.Truncate(name, 1000))
		rest, err := io.ReadAll(conn)
		if n := len(rest); err != nil && !errors.Is(err, net.ErrClosed) || n > 100<<20 {
			t.Errorf("%d bytes, %v", n, err)
		}
		_, body, _ := strings.Cut(string(begin)+string(rest), "\r\n\r\n")
		if byteRange == "" && strings.Trim(body, "\x00") != "" {
			t.Error("something foreign was sent")
		}
		if strings.Contains(body, "HTTP/1.1") || strings.HasSuffix(body, "--\r\n") {
			t.Error("the answer has an end")
		}
		eventually(t, "the lines", func() bool { return len(logs.lines("aborted=true")) == 1 && len(logs.lines("was cut off")) == 1 })
	}
}
