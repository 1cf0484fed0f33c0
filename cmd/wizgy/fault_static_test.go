package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wizgy/server"
)

// get asks for a target as it is.
func (s *faultSite) get(target string, fields ...string) (*http.Response, string) {
	s.t.Helper()
	return s.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n")
}

// notFound asks for what is nobody's business: the answer comes at once, and has nothing in it.
func (s *faultSite) notFound(target string, statuses ...int) {
	s.t.Helper()
	began := time.Now()
	resp, body := s.get(target)
	good := false
	for _, status := range statuses {
		good = good || resp.StatusCode == status
	}
	if !good || strings.Contains(body, "SECRET") || strings.Contains(body, "start_response") {
		s.t.Errorf("GET %.80s: %s %.100q, want %v", target, resp.Status, body, statuses)
	}
	if d := time.Since(began); d > 3*time.Second {
		s.t.Errorf("GET %.80s: the answer took %v", target, d)
	}
}

func (s *faultSite) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *faultSite) write(name, content string) {
	s.t.Helper()
	s.check(os.WriteFile(s.path(name), []byte(content), 0o644))
}

// link makes name a link, in place of what it was.
func (s *faultSite) link(to, name string) {
	s.t.Helper()
	s.check(os.Symlink(to, s.path(name)+".next"))
	s.check(os.Rename(s.path(name)+".next", s.path(name)))
}

func TestFaultTraversal(t *testing.T) {
	s := newFaultSite(t, map[string]string{
		"secret.txt": "SECRET", "html-secret/secret.txt": "SECRET", "htmlsecret.txt": "SECRET", "html/docs/a.txt": "a",
	})
	ups := []string{
		"..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "%2e%2e%00", "..;", "...", "....", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%uff0e%uff0e",
		"%ef%bc%8e%ef%bc%8e", "..%20", "..\\", "..%5c", "%2e%2e%5c",
	}
	slashes := []string{"/", "%2f", "%2F", "\\", "%5c", "%5C", "//", "/./", "%c0%af", "%e0%80%af", "%252f", "%ef%bc%8f"}
	for _, up := range ups {
		for _, slash := range slashes {
			for _, start := range []string{"/", "/docs" + slash, "/docs/.." + slash} {
				for _, goal := range []string{"secret.txt", "html-secret/secret.txt", "apps/ok.js", "htmlsecret.txt", "etc/passwd"} {
					s.notFound(start+up+slash+goal, 400, 404)
				}
			}
		}
	}
	for _, target := range []string{
		"/-secret/secret.txt", "/../html-secret/secret.txt", "/apps/ok.js", "/ok.js/../../secret.txt", "http://x/../secret.txt", "http://x/%2e%2e/secret.txt",
		"/static.txt%00", "/static.txt%00.html", "/%00/static.txt", "/static.txt/..%2f..%2fsecret.txt", "/docs%2fa.txt", "/docs%5ca.txt", "/docs\\a.txt",
		"//etc/passwd", "/file:///etc/passwd", "/C:/secret.txt", "/~root", "/.env", "/%2eenv", "/docs/.%2f", "/static.txt::$DATA", "/%", "/%2", "/%zz",
	} {
		s.notFound(target, 400, 404)
	}
}

func TestFaultLinksThatLeadOut(t *testing.T) {
	s := newFaultSite(t, map[string]string{"secret.txt": "SECRET", "outside/secret.txt": "SECRET", "html/in/a.txt": "inside", "html/b.txt": "inside"})
	for name, to := range map[string]string{
		"up.txt": "../secret.txt", "absolute.txt": s.path("secret.txt"), "folder": "../outside", "absolute": s.path("outside"), "chain1": "chain2",
		"chain2": "in/../chain3", "chain3": "../secret.txt", "round": "in/../../html/../secret.txt", "system": "/etc/passwd", "root": "/", "itself": "itself", "page.html": "../secret.txt",
	} {
		s.link(to, "html/"+name)
	}
	for _, target := range []string{
		"/up.txt", "/absolute.txt", "/folder/secret.txt", "/folder/", "/folder", "/absolute/secret.txt", "/chain1", "/chain2", "/chain3", "/round",
		"/system", "/root/etc/passwd", "/root" + s.path("secret.txt"), "/itself", "/page", "/page.html",
	} {
		s.notFound(target, 403, 404)
	}
	s.link("b.txt", "html/good.txt")
	s.link("in", "html/good")
	s.link("good/../good.txt", "html/in/chain.txt")
	for _, target := range []string{"/good.txt", "/good/a.txt"} {
		if resp, body := s.get(target); resp.StatusCode != 200 || body != "inside" {
			t.Errorf("GET %s: %s %q, want what the link leads to", target, resp.Status, body)
		}
	}
}

func TestFaultFilesThatAreNone(t *testing.T) {
	s := newFaultSite(t, map[string]string{"html/.env": "SECRET", "html/.git/config": "SECRET", "html/docs/.hidden": "SECRET", "html/.well-known/security.txt": "contact"})
	s.check(syscall.Mkfifo(s.path("html/fifo"), 0o644))
	s.check(syscall.Mkfifo(s.path("html/fifo.html"), 0o644))
	if err := syscall.Mknod(s.path("html/device"), syscall.S_IFCHR|0o644, 1<<8|5); err != nil && !errors.Is(err, syscall.EPERM) { // /dev/zero
		t.Fatal(err)
	}
	if ln, err := net.Listen("unix", s.path("html/socket")); err == nil { // the name may be too long
		defer ln.Close()
	}
	s.link("b", "html/a")
	s.link("a", "html/b")
	s.link("nothing", "html/dangling")
	s.write("html/unreadable.txt", "SECRET")
	s.check(os.Chmod(s.path("html/unreadable.txt"), 0))
	for _, target := range []string{
		"/fifo", "/fifo.html", "/device", "/socket", "/a", "/b", "/dangling", "/.env", "/.git/config", "/.git/", "/docs/.hidden", "/.", "/static.txt/",
		"/static.txt/more", "/" + strings.Repeat("n", 300), "/" + strings.Repeat("n", 251) + ".txt", "/" + strings.Repeat("n/", 2000),
	} {
		s.notFound(target, 400, 403, 404)
	}
	if os.Geteuid() != 0 {
		s.notFound("/unreadable.txt", 403)
	}
	if resp, body := s.get("/.well-known/security.txt"); resp.StatusCode != 200 || body != "contact" {
		t.Errorf("/.well-known/security.txt: %s %q", resp.Status, body)
	}
}

func TestFaultMethodsOfFiles(t *testing.T) {
	s := newFaultSite(t, nil)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "BREW"} {
		resp, _ := s.ask(method + " /static.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")
		if allow := resp.Header.Get("Allow"); resp.StatusCode != 405 || allow != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: %s, Allow %q", method, resp.Status, allow)
		}
	}
	resp, _ := s.ask("OPTIONS /static.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if allow := resp.Header.Get("Allow"); resp.StatusCode != 204 || allow != "GET, HEAD, OPTIONS" {
		t.Errorf("OPTIONS: %s, Allow %q", resp.Status, allow)
	}
	if resp, body := s.ask("HEAD /static.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); resp.StatusCode != 200 || resp.ContentLength != 6 || body != "" {
		t.Errorf("HEAD: %s, %d bytes, %q", resp.Status, resp.ContentLength, body)
	}
}

func TestFaultRanges(t *testing.T) {
	const content = "0123456789"
	s := newFaultSite(t, map[string]string{"html/ten.txt": content, "html/empty.txt": "", "html/large.bin": strings.Repeat(content, 1<<18)})
	for value, want := range map[string]string{
		"bytes=0-3": "206 bytes 0-3/10 0123", "bytes=8-": "206 bytes 8-9/10 89", "bytes=-2": "206 bytes 8-9/10 89", "bytes=-99": "206 bytes 0-9/10 " + content,
		"bytes=5-99999999999999999999": "206 bytes 5-9/10 56789", "bytes=-0": "416 bytes */10 ", "bytes=10-": "416 bytes */10 ", "bytes=99999999999999999999-": "416 bytes */10 ",
		"bytes=5-2": "200  " + content, "lines=0-3": "200  " + content, "bytes": "200  " + content, "bytes=": "200  " + content, "bytes=a-b": "200  " + content,
		"bytes=0x0-3": "200  " + content, "bytes=--1": "200  " + content, "0-3": "200  " + content, "bytes=0-3\x80": "200  " + content,
		"bytes=0-1,1-2": "206 bytes 0-2/10 012",
	} {
		resp, body := s.get("/ten.txt", "Range: "+value)
		if resp.StatusCode == 416 {
			body = ""
		}
		if got := fmt.Sprintf("%d %s %s", resp.StatusCode, resp.Header.Get("Content-Range"), body); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
	if resp, _ := s.get("/empty.txt", "Range: bytes=0-0"); resp.StatusCode != 200 {
		t.Errorf("of an empty file: %s, want 200", resp.Status)
	}
	if resp, _ := s.ask("HEAD /ten.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: bytes=0-3\r\n\r\n"); resp.StatusCode != 200 || resp.ContentLength != 10 {
		t.Errorf("HEAD: %s, %d bytes", resp.Status, resp.ContentLength)
	}
	var apart strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&apart, "%d-%d,", i*10, i*10+1)
	}
	for name, set := range map[string]string{
		"ten thousand times everything": strings.Repeat("0-,", 10_000), "ten thousand last bytes": strings.Repeat("-1,", 10_000), "thousands apart": apart.String(),
		"everything and a part": "0-,5-9,-5", "parts that touch": "0-99999,100000-199999,200000-",
	} {
		began := time.Now()
		resp, body := s.get("/large.bin", "Range: bytes="+set)
		if resp.StatusCode >= 400 || len(body) > 2*len(content)<<18 || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %s with %d bytes in %v", name, resp.Status, len(body), time.Since(began))
		}
	}
}

// TestFaultRedirectToAnotherHost asks for what is redirected, in forms that browsers would take
// for the name of a host.
func TestFaultRedirectToAnotherHost(t *testing.T) {
	s := newFaultSite(t, map[string]string{"html/docs/index.html": "docs", "html/evil.example/index.html": "no", "apps/shop/index.js": okPage, "apps/evil.example/sub/index.js": okPage},
		func(c *server.Config) {
			c.Redirects = []server.Redirect{{From: "/go/*", To: "/:splat"}, {From: "/to/:where", To: "/:where"}}
		})
	for _, target := range []string{
		"//evil.example/..", "//evil.example/%2e%2e", "//evil.example", "///evil.example", "//evil.example/sub", "/\\evil.example", "/%5cevil.example", "/%2fevil.example", "/%2f%2fevil.example",
		"//evil.example/docs/..", "//docs", "/docs//", "//shop", "/shop?//evil.example", "/docs?\\\\evil.example", "/.//evil.example", "//evil.example%2f..", "/docs/..//evil.example",
		"http://x//evil.example", "http://x//evil.example/sub", "http://evil.example/docs", "/%09/evil.example", "/%0d%0aLocation:%20//evil.example", "//evil.example:80", "//user@evil.example/docs",
		"/go//evil.example", "/go/%2fevil.example", "/go/%2f%2fevil.example", "/go/\\evil.example", "/go/%5cevil.example", "/go/%5c%5cevil.example", "/go//%2fevil.example",
		"/to/%2fevil.example", "/to/%5cevil.example", "/to//evil.example", "/go/%09/evil.example", "/go/http://evil.example", "/go/https:evil.example", "/go/.%2f/evil.example",
	} {
		resp, _ := s.get(target)
		location := resp.Header.Get("Location")
		u, err := url.Parse(location)
		if strings.HasPrefix(location, "//") || strings.HasPrefix(location, "/\\") || err != nil || u.Host != "" || resp.StatusCode >= 500 {
			t.Errorf("GET %s: %s to %q", target, resp.Status, location)
		}
		if redirects := resp.StatusCode >= 300 && resp.StatusCode < 400; redirects != (location != "") {
			t.Errorf("GET %s: %s to %q", target, resp.Status, location)
		}
	}
}
