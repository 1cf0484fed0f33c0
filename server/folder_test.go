package server

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

func TestDocumentRootMayComeGoAndChange(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "html")
	s, _ := newServer(t, Config{Root: root, Dev: true})
	expect := func(when string, status int, body string) {
		t.Helper()
		if w := do(s, "GET", "/a.txt"); w.Code != status || body != "" && w.Body.String() != body {
			t.Fatalf("%s: %d %q, want %d %q", when, w.Code, w.Body, status, body)
		}
	}
	expect("missing", 404, "")
	write(t, filepath.Join(root, "a.txt"), "first")
	expect("created", 200, "first")
	must(t, os.RemoveAll(root))
	expect("deleted", 404, "")
	write(t, filepath.Join(root, "a.txt"), "second")
	expect("created again", 200, "second")
	must(t, os.Rename(root, root+".old"))
	write(t, filepath.Join(dir, "v1/a.txt"), "v1")
	write(t, filepath.Join(dir, "v2/a.txt"), "v2")
	symlink(t, "v1", root)
	expect("symlink", 200, "v1")
	symlink(t, "v2", root+".next")
	must(t, os.Rename(root+".next", root))
	expect("switched symlink", 200, "v2")
	must(t, os.Remove(root))
	write(t, root, "a file now")
	expect("a file in its place", 404, "")
}

func TestDocumentRootIsCheckedNowAndThen(t *testing.T) {
	root := filepath.Join(t.TempDir(), "html")
	s, _ := newServer(t, Config{Root: root})
	write(t, filepath.Join(root, "a.txt"), "here")
	eventually(t, "the folder to be noticed", func() bool { return do(s, "GET", "/a.txt").Code == 200 })
	must(t, os.RemoveAll(root))
	write(t, filepath.Join(root, "a.txt"), "there")
	eventually(t, "the new folder to be noticed", func() bool { return do(s, "GET", "/a.txt").Body.String() == "there" })
}

func TestFileIsAnObstacleAtStart(t *testing.T) {
	root := filepath.Join(t.TempDir(), "html")
	write(t, root, "")
	if _, err := New(Config{Root: root}); err == nil || !strings.Contains(err.Error(), root) {
		t.Errorf("New with a file as document root: %v, want an error that names it", err)
	}
}

func TestSwitchingTheRootUnderLoadFailsNoRequest(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "html")
	write(t, filepath.Join(dir, "v1/a.txt"), strings.Repeat("1", 20000))
	write(t, filepath.Join(dir, "v2/a.txt"), strings.Repeat("2", 30000))
	symlink(t, "v1", root)
	s, _ := newServer(t, Config{Root: root, Dev: true, NoAccessLog: true})
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it would close what was forgotten
	before := descriptors(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 300 {
				w := do(s, "GET", "/a.txt")
				body := w.Body.String()
				if w.Code != 200 || strings.Trim(body, "1") != "" && strings.Trim(body, "2") != "" ||
					w.Header().Get("Content-Length") != fmt.Sprint(len(body)) {
					t.Errorf("status %d, %d bytes, Content-Length %s", w.Code, len(body), w.Header().Get("Content-Length"))
				}
			}
		})
	}
	for i := range 200 {
		symlink(t, fmt.Sprintf("v%d", i%2+1), root+".next")
		must(t, os.Rename(root+".next", root))
	}
	wg.Wait()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

func TestFileReplacedByRenameIsWhollyOldOrNew(t *testing.T) {
	root := site(t, map[string]string{"a.txt": strings.Repeat("0", 5000)})
	s, _ := newServer(t, Config{Root: root, NoAccessLog: true})
	var tags sync.Map // tag → body
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				w := do(s, "GET", "/a.txt")
				body, tag := w.Body.String(), w.Header().Get("Etag")
				if body == "" || strings.Trim(body, body[:1]) != "" || w.Header().Get("Content-Length") != fmt.Sprint(len(body)) {
					t.Errorf("mixed body of %d bytes", len(body))
				}
				if other, seen := tags.LoadOrStore(tag, body); seen && other != body {
					t.Errorf("one tag %s for two bodies", tag)
				}
			}
		})
	}
	for i := range 200 {
		write(t, filepath.Join(root, ".next"), strings.Repeat(string(rune('0'+i%10)), 5000+i%3))
		must(t, os.Rename(filepath.Join(root, ".next"), filepath.Join(root, "a.txt")))
	}
	wg.Wait()
}

func TestFileTruncatedWhileSentEndsShort(t *testing.T) {
	root := site(t, map[string]string{"big.bin": ""})
	name := filepath.Join(root, "big.bin")
	must(t, os.Truncate(name, 256<<20)) // more than fits into the buffers of a connection
	s, _ := newServer(t, Config{Root: root})
	resp, err := http.Get("http://" + serve(t, s) + "/big.bin")
	must(t, err)
	defer resp.Body.Close()
	must(t, os.Truncate(name, 1000))
	if n, err := io.Copy(io.Discard, resp.Body); err != io.ErrUnexpectedEOF || n >= 256<<20 {
		t.Errorf("%d bytes and %v, want a body that breaks off", n, err)
	}
}
