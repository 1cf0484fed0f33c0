package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// TestFaultLinkSwappedWhileServed turns a file and a folder into links that lead out, and back, as
// fast as it can.
func TestFaultLinkSwappedWhileServed(t *testing.T) {
	s := newFaultSite(t, map[string]string{"secret.txt": "SECRET", "outside/a.txt": "SECRET", "html/in/a.txt": "inside", "html/in.txt": "inside"},
		func(c *server.Config) { c.Dev = true }) // so that each request looks
	done := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			s.link([]string{"in.txt", "../secret.txt"}[i%2], "html/file")
			s.link([]string{"in", "../outside"}[i%2], "html/folder")
		}
	})
	var clients sync.WaitGroup
	for _, path := range []string{"/file", "/folder/a.txt"} {
		clients.Go(func() {
			conn := s.dial()
			in := bufio.NewReader(conn)
			for range 1000 {
				fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nCache-Control: no-cache\r\n\r\n", path)
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				if strings.Contains(string(body), "SECRET") || err != nil || resp.StatusCode >= 500 || resp.StatusCode == 200 && string(body) != "inside" {
					t.Errorf("GET %s: %s %q, %v", path, resp.Status, body, err)
				}
			}
		})
	}
	clients.Wait()
	close(done)
	swapping.Wait()
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

func TestFaultFileReplacedWhileRead(t *testing.T) {
	for _, dev := range []bool{false, true} {
		t.Run(fmt.Sprintf("dev %t", dev), func(t *testing.T) { replaceWhileRead(t, dev) })
	}
}

func replaceWhileRead(t *testing.T, dev bool) {
	s := newFaultSite(t, map[string]string{"html/a.bin": strings.Repeat("0", 20_000), "html/large.bin": strings.Repeat("0", 1_100_000)},
		func(c *server.Config) { c.Dev = dev })
	done := make(chan struct{})
	var saving sync.WaitGroup
	saving.Go(func() {
		now := time.NewTicker(2 * time.Millisecond)
		defer now.Stop()
		for i := 1; ; i++ {
			select {
			case <-done:
				return
			case <-now.C:
			}
			for name, size := range map[string]int{"html/a.bin": 20_000, "html/large.bin": 1_100_000} {
				s.write(name+".next", strings.Repeat(string(rune('0'+i%10)), size+i%7))
				s.check(os.Rename(s.path(name+".next"), s.path(name)))
			}
		}
	})
	var tags sync.Map // content by path and tag
	var clients sync.WaitGroup
	for i := range 10 {
		clients.Go(func() {
			conn := s.dial()
			in := bufio.NewReader(conn)
			for range 100 {
				path := []string{"/a.bin", "/large.bin"}[i%5/4]
				fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != 200 || len(body) == 0 || bytes.Count(body, body[:1]) != len(body) {
					t.Errorf("%s: %s, %d bytes of several versions: %v", path, resp.Status, len(body), err)
					return
				}
				version := fmt.Sprintf("%q × %d", body[0], len(body))
				if other, ok := tags.LoadOrStore(path+resp.Header.Get("ETag"), version); ok && other != version {
					t.Errorf("%s: one ETag for %v and %v", path, other, version)
				}
			}
		})
	}
	clients.Wait()
	close(done)
	saving.Wait()
}

func TestFaultFileCutOffWhileSent(t *testing.T) {
	s := newFaultSite(t, map[string]string{"html/big.bin": ""})
	const size = 64 << 20 // more than the buffers of a connection hold
	s.check(os.Truncate(s.path("html/big.bin"), size))
	conn := s.dial()
	io.WriteString(conn, "GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n"+smuggled)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	s.check(err)
	s.check(os.Truncate(s.path("html/big.bin"), 1000))
	body, err := io.ReadAll(resp.Body)
	if resp.ContentLength != size || err != io.ErrUnexpectedEOF || strings.Trim(string(body), "\x00") != "" {
		t.Errorf("%d bytes of %d, %v; want a connection that ends short, and nothing foreign", len(body), resp.ContentLength, err)
	}
	s.logged("the file was cut off while it was sent")
}

func TestFaultTwoWritesInOneSecond(t *testing.T) {
	s := newFaultSite(t, map[string]string{"html/a.txt": "first"})
	tags := map[string]string{}
	for _, content := range []string{"first", "other", "third"} { // of one length
		s.write("html/a.txt", content)
		tag := ""
		if !poll(func() bool {
			resp, body := s.get("/a.txt")
			tag = resp.Header.Get("ETag")
			return body == content
		}) {
			t.Fatalf("%q is not served", content)
		}
		if was, ok := tags[tag]; ok {
			t.Errorf("%q and %q have one ETag, %s", was, content, tag)
		}
		tags[tag] = content
		if resp, _ := s.get("/a.txt", "If-None-Match: "+tag); content == "third" && resp.StatusCode == 200 && resp.Header.Get("ETag") == tag {
			t.Errorf("the ETag %s does not match itself", tag)
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
