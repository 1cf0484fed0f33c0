package http1

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate returns the files of httptest's certificate, and a client's configuration for it.
func certificate(t testing.TB) (certFile, keyFile string, config *tls.Config) {
	t.Helper()
	ts := httptest.NewTLSServer(nil)
	defer ts.Close()
	pair := ts.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		name = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	roots := x509.NewCertPool()
	roots.AddCert(ts.Certificate())
	return write("cert.pem", "CERTIFICATE", pair.Certificate[0]), write("key.pem", "PRIVATE KEY", key),
		&tls.Config{RootCAs: roots, ServerName: "example.com"}
}

// tlsPair returns configurations of a server and of its client, which speak HTTP/1.1.
func tlsPair(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	cert, key, client := certificate(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, client
}

// dialTLS is dial for TLS.
func dialTLS(t *testing.T, addr string, config *tls.Config) *client {
	t.Helper()
	c, err := tls.Dial("tcp", addr, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &client{c, t, bufio.NewReader(c)}
}

// serveTLS runs a server, and returns its address and a client's configuration.
func serveTLS(t testing.TB, s *Server) (string, *tls.Config) {
	t.Helper()
	cert, key, config := certificate(t)
	s.Logger = slog.New(slog.DiscardHandler)
	l := listen(t)
	served := make(chan error, 1)
	go func() { served <- s.ServeTLS(l, cert, key) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("ServeTLS: got %v, want %v", err, http.ErrServerClosed)
		}
	})
	return l.Addr().String(), config
}

func TestTLS(t *testing.T) {
	s := &Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, isServer := r.Context().Value(http.ServerContextKey).(*http.Server)
			if r.TLS == nil || r.TLS.ServerName != "example.com" || !isServer {
				t.Errorf("got TLS %v, server %v", r.TLS, isServer)
			}
			io.WriteString(w, r.Proto+" "+string(body))
			w.Write(make([]byte, 100_000))
		}),
	}
	addr, config := serveTLS(t, s)
	for _, tc := range []struct {
		name  string
		h2    bool
		proto string
	}{{"HTTP/1.1", false, "HTTP/1.1"}, {"HTTP/2", true, "HTTP/2.0"}} {
		t.Run(tc.name, func(t *testing.T) {
			tr := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: tc.h2}
			defer tr.CloseIdleConnections()
			if !tc.h2 {
				tr.TLSClientConfig.NextProtos = []string{"http/1.1"}
			}
			for range 3 {
				resp, err := (&http.Client{Transport: tr}).Post("https://"+addr+"/", "text/plain", strings.NewReader("question"))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if want := tc.proto + " question"; err != nil || !strings.HasPrefix(string(body), want) || len(body) != len(want)+100_000 {
					t.Errorf("got %d octets %.30q, %v; want %q…", len(body), body, err, want)
				}
			}
		})
	}
	if err := s.Shutdown(shortly(t)); err != nil {
		t.Error(err)
	}
}

// TestTLSClientGone has a client over TLS that leaves while its handler runs.
func TestTLSClientGone(t *testing.T) {
	needsLinux(t)
	begun, ended := make(chan struct{}), make(chan struct{})
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(ended)
	})})
	c, err := tls.Dial("tcp", addr, config)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, get("/"))
	receive(t, "the handler", begun)
	c.Close()
	receive(t, "the context to end", ended)
}

// TestPlainRequestToTLS has a client that does not know that it should speak TLS.
func TestPlainRequestToTLS(t *testing.T) {
	addr, _ := serveTLS(t, &Server{})
	resp, body := dial(t, addr).send(get("/")).response("GET")
	if resp.StatusCode != 400 || !strings.Contains(body, "HTTPS") {
		t.Errorf("got %s %q", resp.Status, body)
	}
}

func TestServeTLSWithoutCertificate(t *testing.T) {
	var s Server
	if err := s.ServeTLS(listen(t), "missing.pem", "missing.pem"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

// TestTLSConfigOfTheServer has a configuration that does not name protocols.
func TestTLSConfigOfTheServer(t *testing.T) {
	pair, config := tlsPair(t)
	s := &Server{TLSConfig: pair, Logger: slog.New(slog.DiscardHandler), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto)
	})}
	l := listen(t)
	go s.ServeTLS(l, "", "")
	t.Cleanup(func() { s.Close() })
	tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Get("https://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "HTTP/2.0" || err != nil {
		t.Errorf("got %q, %v, want HTTP/2.0", body, err)
	}
	if pair.NextProtos != nil {
		t.Errorf("the configuration has been changed: %q", pair.NextProtos)
	}
}

// TestAbortOverTLSIsNoEnd has an answer whose end only the connection tells, and which is given up.
func TestAbortOverTLSIsNoEnd(t *testing.T) {
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})})
	c := dialTLS(t, addr, config).send("GET / HTTP/1.0\r\n\r\n")
	if answer, err := io.ReadAll(c.r); err == nil {
		t.Errorf("got %q and a clean end", answer)
	}
}
