package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"wizgy/server"
)

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
				bePatient(conn)
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
				bePatient(conn)
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
