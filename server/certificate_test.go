package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// newPair writes a certificate that is good until then, and its key, into dir.
func newPair(t testing.TB, dir, name string, until time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		DNSNames: []string{name}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
	}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	write(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	return certFile, keyFile
}

// overTLS returns a client for a server that has any certificate.
func overTLS(t testing.TB, http2 bool) *http.Client {
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: http2}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: time.Minute}
}

func TestOldVersionsOfTLSAreRefused(t *testing.T) {
	for _, std := range []bool{false, true} {
		cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
		s, logs := newServer(t, Config{TLSCert: cert, TLSKey: key, StdHTTP: std})
		addr := serve(t, s)
		for version, good := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
			conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version})
			if (err == nil) != good {
				t.Errorf("%s: %v, want it accepted: %t", tls.VersionName(version), err, good)
			}
			if err == nil {
				conn.Close()
			}
		}
		if logs.String() != "" {
			t.Errorf("an old client fills the log:\n%s", logs)
		}
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := newPair(t, dir, "first", time.Now().Add(time.Hour))
	logs := &logBuffer{}
	c, err := newCertificate(&Config{TLSCert: certFile, TLSKey: keyFile}, NewLogger(logs, "text"))
	must(t, err)
	name := func() string { return c.current.Load().Leaf.Subject.CommonName }

	key, err := os.ReadFile(keyFile)
	must(t, err)
	newPair(t, dir, "second", time.Now().Add(time.Hour))
	second, err := os.ReadFile(keyFile)
	must(t, err)
	write(t, keyFile, string(key)) // the certificate has come, and its key has not
	c.look()
	if name() != "first" || logs.String() != "" {
		t.Errorf("the certificate is %s, and the log has %q; want the first, and nothing", name(), logs)
	}
	c.look()
	c.look()
	if n := len(logs.lines("cannot be used")); name() != "first" || n != 1 {
		t.Errorf("the certificate is %s, and the log has %d complaints; want the first, and one:\n%s", name(), n, logs)
	}
	write(t, keyFile, string(second))
	c.look()
	c.look()
	if n := len(logs.lines("has been read again")); name() != "second" || n != 1 {
		t.Errorf("the certificate is %s, and was read %d times; want the second, and once:\n%s", name(), n, logs)
	}
	must(t, os.Remove(certFile))
	c.look()
	c.look()
	if n := len(logs.lines("there is no such file")); name() != "second" || n != 1 {
		t.Errorf("the certificate is %s, and the log has %d complaints; want the second, and one:\n%s", name(), n, logs)
	}
}

func TestCertificateThatExpiresIsReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		certFile, keyFile := newPair(t, t.TempDir(), "short", time.Now().Add(time.Hour))
		logs := &logBuffer{}
		c, err := newCertificate(&Config{TLSCert: certFile, TLSKey: keyFile}, NewLogger(logs, "text"))
		must(t, err)
		c.look()
		if logs.String() != "" {
			t.Errorf("before: %s", logs)
		}
		time.Sleep(2 * time.Hour) // of the bubble's clock
		c.look()
		c.look()
		if n := len(logs.lines("the certificate has expired")); n != 1 {
			t.Errorf("%d lines, want one:\n%s", n, logs)
		}
		config := Config{TLSCert: certFile, TLSKey: keyFile}
		if _, err := newCertificate(&config, quiet); err == nil || !strings.Contains(err.Error(), "the certificate has expired on 2000-01-01: renew it") {
			t.Errorf("a start: %v", err)
		}
		config.TLSMayBeExpired = true
		if c, err := newCertificate(&config, quiet); err != nil || c.current.Load().Leaf.Subject.CommonName != "short" {
			t.Errorf("a start in the place of another server: %v", err)
		}
	})
}

// TestFilesOverEveryKindOfConnection compares what clients get over TLS, by HTTP/1.1 and HTTP/2, with
// what they get without.
func TestFilesOverEveryKindOfConnection(t *testing.T) {
	files := map[string]string{"index.html": "<p>home</p>", "large.bin": strings.Repeat("0123456789abcdef", 200_000), "text.txt": strings.Repeat("words ", 2000), "dir/index.html": "dir"}
	requests := []struct{ name, method, path, header string }{
		{"page", "GET", "/", ""},
		{"large file", "GET", "/large.bin", ""},
		{"head", "HEAD", "/large.bin", ""},
		{"range", "GET", "/large.bin", "Range: bytes=100000-2999999"},
		{"ranges", "GET", "/text.txt", "Range: bytes=0-1,5-6"},
		{"not satisfiable", "GET", "/text.txt", "Range: bytes=99999-"},
		{"not modified", "GET", "/text.txt", "If-None-Match: *"},
		{"precondition", "GET", "/text.txt", `If-Match: "other"`},
		{"redirect", "GET", "/dir?a=b", ""},
		{"missing", "GET", "/nosuch", ""},
		{"other method", "DELETE", "/text.txt", ""},
		{"options", "OPTIONS", "/text.txt", ""},
	}
	root := site(t, files)
	written := time.Now()
	eventually(t, "the tags to be final", func() bool { return time.Since(written) > 2*racyWindow })
	for _, std := range []bool{false, true} {
		cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
		secure, _ := newServer(t, Config{Root: root, TLSCert: cert, TLSKey: key, StdHTTP: std, Logger: quiet})
		plain, _ := newServer(t, Config{Root: root, StdHTTP: std, Logger: quiet})
		secureAddr, plainAddr := serve(t, secure), serve(t, plain)
		for _, tt := range requests {
			ask := func(c *http.Client, url string) string {
				r, err := http.NewRequest(tt.method, url+tt.path, nil)
				must(t, err)
				if name, value, ok := strings.Cut(tt.header, ": "); ok {
					r.Header.Set(name, value)
				}
				r.Header.Set("Accept-Encoding", "identity")
				resp, err := c.Transport.RoundTrip(r)
				must(t, err)
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				must(t, err)
				resp.Header.Del("Date")
				var b strings.Builder
				must(t, resp.Header.Write(&b))
				text := b.String() + string(body)
				if _, boundary, ok := strings.Cut(resp.Header.Get("Content-Type"), "boundary="); ok {
					text = strings.ReplaceAll(text, boundary, "boundary")
				}
				return resp.Status + "\n" + text
			}
			want := ask(overTLS(t, false), "http://"+plainAddr)
			for _, http2 := range []bool{false, true} {
				if got := ask(overTLS(t, http2), "https://"+secureAddr); got != want {
					t.Errorf("%s, std %t, HTTP/2 %t: got %d bytes\n%.400s\nwant %d bytes\n%.400s", tt.name, std, http2, len(got), got, len(want), want)
				}
			}
		}
	}
}

// TestClientsThatOfferOneProtocol is about those that say what they speak when TLS begins: whoever
// offers nothing that the server has would not get as far as a request.
func TestClientsThatOfferOneProtocol(t *testing.T) {
	root := site(t, map[string]string{"index.html": "home"})
	for _, std := range []bool{false, true} {
		cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
		s, _ := newServer(t, Config{Root: root, TLSCert: cert, TLSKey: key, StdHTTP: std})
		addr := serve(t, s)
		for offered, version := range map[string]string{"http/1.0": "HTTP/1.0", "http/1.1": "HTTP/1.1", "": "HTTP/1.0"} {
			config := &tls.Config{InsecureSkipVerify: true}
			if offered != "" {
				config.NextProtos = []string{offered}
			}
			conn, err := tls.Dial("tcp", addr, config)
			if err != nil {
				t.Errorf("std %t, %q: %v", std, offered, err)
				continue
			}
			defer conn.Close()
			fmt.Fprintf(conn, "GET / %s\r\nHost: localhost\r\nConnection: close\r\n\r\n", version)
			answer, err := io.ReadAll(conn)
			answered := "HTTP/1.1"
			if std {
				answered = version // net/http's way
			}
			if got := string(answer); err != nil || !strings.HasPrefix(got, answered+" 200 OK\r\n") || !strings.HasSuffix(got, "home") {
				t.Errorf("std %t, %q: %v, %q", std, offered, err, got)
			}
		}
	}
}

func TestKeyThatMayNotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
	must(t, os.Chmod(key, 0))
	if err := CheckTLS(cert, key); err == nil || !strings.Contains(err.Error(), "key.pem: cannot be read (permission denied): let the user that wizgy runs as read it") {
		t.Errorf("got %v", err)
	}
}
