package server

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// secretPage is a page that tells what only the site's own people are to see.
var secretPage = pageFunc(func(w http.ResponseWriter, r *http.Request) error {
	_, err := io.WriteString(w, "the secret of "+r.Host)
	return err
})

func TestDevAnswersForItsNamesOnly(t *testing.T) {
	t.Parallel()
	cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
	config := Config{Pages: secretPage, Dev: true, Hosts: []string{"Laptop.Local", "0.0.0.0"}, Headers: []HeaderRule{{Path: "/*", Set: map[string]string{"X-Site": "mine"}}}}
	plain, _ := newServer(t, config)
	config.TLSCert, config.TLSKey = cert, key
	secure, _ := newServer(t, config)
	plainAddr, secureAddr := serve(t, plain), serve(t, secure)
	secureClient := overTLS(t, true)
	secureClient.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}

	for host, known := range map[string]bool{
		"localhost": true, "localhost:8000": true, "LOCALHOST.": true, "a.b.localhost:1": true,
		"127.0.0.1": true, "127.0.0.1:8000": true, "192.0.2.7": true, "[::1]:8000": true, "[::1]": true,
		"laptop.local": true, "LAPTOP.local.:8000": true,
		"evil.example": false, "evil.example:8000": false, "localhost.evil.example": false,
		"127.0.0.1.evil.example": false, "evillocalhost": false, "laptop.local.evil.example": false,
		"x.laptop.local": false, "2130706433": false, "127.1": false, "0x7f.1": false, "local%68ost": false,
		"[v1.localhost]": false, ".localhost.evil": false, "localhost..": false,
	} {
		ask := func(how, got string) {
			refused := strings.Contains(got, "421") && !strings.Contains(got, "secret") && !strings.Contains(got, "mine") && !strings.Contains(got, "Wizgy-")
			if known == refused || known != strings.Contains(got, "the secret of ") {
				t.Errorf("%s, %s: known should be %v, got\n%s", how, host, known, got)
			}
			if !known && !strings.Contains(got, "--host "+withoutPort(host)) {
				t.Errorf("%s, %s: not told what to do:\n%s", how, host, got)
			}
		}
		ask("HTTP/1.1", exchange(t, plainAddr, "GET / HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n"))
		ask("a URL as target", exchange(t, plainAddr, "GET http://"+host+"/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
		r, err := http.NewRequest("GET", "https://"+secureAddr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := secureClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.ProtoMajor != 2 {
			t.Fatal(resp.Proto, err)
		}
		ask("HTTP/2", resp.Status+"\n"+string(body))
	}
	if got := exchange(t, plainAddr, "GET / HTTP/1.0\r\n\r\n"); !strings.Contains(got, "secret") {
		t.Errorf("without a Host: %q", got)
	}
}

func TestDevBehindProxyAnswersForNamesOfBoth(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, Config{Pages: secretPage, Hosts: []string{}, TrustProxy: []string{"192.0.2.0/24"}})
	for headers, status := range map[string]int{
		"127.0.0.1 localhost":       200,
		"127.0.0.1 evil.example":    421,
		"evil.example localhost":    421,
		"evil.example evil.example": 421,
	} {
		host, forwarded, _ := strings.Cut(headers, " ")
		if w := do(s, "GET", "http://"+host+"/", "X-Forwarded-Host: "+forwarded); w.Code != status {
			t.Errorf("%s: got %d, want %d", headers, w.Code, status)
		}
	}
}

func TestServeAnswersForAnyName(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, Config{Pages: secretPage})
	if w := do(s, "GET", "http://any.example/"); w.Code != http.StatusOK {
		t.Errorf("got %d", w.Code)
	}
}
