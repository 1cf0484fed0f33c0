package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wizgy/engine"
	"wizgy/server"
)

// slowBodySite is a site of which each page has two runtimes, served by wizgy's own HTTP/1.1, and over
// HTTP/2.
func slowBodySite(t *testing.T) (http1, http2 string) {
	t.Helper()
	s := &faultSite{t: t, dir: makeSite(t, map[string]string{"apps/sum.js": bodyPages["apps/read.js"], "html/static.txt": "static"})}
	s.log = &siteLog{}
	logger := server.NewLogger(s.log, "text")
	pages, err := engine.New(engine.Config{Dir: filepath.Join(s.dir, "apps"), Logger: logger, NoWatch: true, MaxRuntimes: 2, MaxQueue: 2})
	s.check(err)
	t.Cleanup(func() { pages.Close() })
	files, err := server.New(server.Config{Root: filepath.Join(s.dir, "html"), Pages: pages, Logger: logger})
	s.check(err)
	listener, err := server.Listen(t.Context(), "127.0.0.1:0")
	s.check(err)
	served := make(chan error, 1)
	go func() { served <- files.Serve(t.Context(), listener) }()
	t.Cleanup(func() { files.Close(); <-served })
	over2 := httptest.NewUnstartedServer(files)
	over2.EnableHTTP2 = true
	over2.StartTLS()
	t.Cleanup(over2.Close)
	return "http://" + listener.Addr().String(), over2.URL
}

// oneConnection is a client that has no more than one connection where HTTP/2 is spoken.
func oneConnection(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// dripping is a body of which there is always more to come, until it is closed.
type dripping struct {
	begun, end chan struct{}
	size       int
}

func (d *dripping) Read(p []byte) (int, error) {
	select {
	case <-d.end:
		return 0, io.EOF
	default:
	}
	if d.size++; d.size == 600 {
		close(d.begun)
	}
	if d.size > 600 {
		<-d.end
		return 0, io.EOF
	}
	p[0] = 'x'
	return 1, nil
}

// Three hundred clients that send a body and never end it hold no runtime of the page: it goes on
// answering others, and those who send to it, too. They are on connections of their own, or on two.
func TestFaultSlowBodiesOnOnePage(t *testing.T) {
	t.Parallel()
	http1, http2 := slowBodySite(t)
	for name, tt := range map[string]struct {
		url     string
		clients int
	}{"HTTP/1.1": {http1, 300}, "HTTP/2": {http2, 2}} {
		t.Run(name, func(t *testing.T) {
			clients := make([]*http.Client, tt.clients)
			for i := range clients {
				clients[i] = oneConnection(t)
			}
			end, answers := make(chan struct{}), make(chan error, 300)
			for i := range 300 {
				body := &dripping{begun: make(chan struct{}), end: end}
				go func() {
					resp, err := clients[i%len(clients)].Post(tt.url+"/sum", "text/plain", body)
					if err == nil {
						var text []byte
						text, err = io.ReadAll(resp.Body)
						resp.Body.Close()
						if err == nil && string(text) != "read 600" {
							err = fmt.Errorf("%s %q", resp.Status, text)
						}
					}
					answers <- err
				}()
				<-body.begun
			}
			other := oneConnection(t)
			for range 5 {
				for path, body := range map[string]string{"/sum": "", "/sum?": "hello", "/static.txt": ""} {
					resp, err := other.Get(tt.url + path)
					if body != "" {
						resp, err = other.Post(tt.url+path, "text/plain", strings.NewReader(body))
					}
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					if resp.StatusCode != 200 || name == "HTTP/2" && resp.ProtoMajor != 2 {
						t.Errorf("%s %s: %s", resp.Proto, path, resp.Status)
					}
				}
			}
			close(end)
			served := 0
			for range 300 { // they end all at once, and not all fit in the queue
				if err := <-answers; err == nil {
					served++
				} else if !strings.HasPrefix(err.Error(), "503") {
					t.Errorf("one of the slow clients: %v", err)
				}
			}
			if served == 0 {
				t.Error("none of the slow clients was served")
			}
		})
	}
}
