package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// replace puts a file in place of another by a rename.
func replace(t testing.TB, name, content string) {
	t.Helper()
	write(t, name+".next", content)
	must(t, os.Rename(name+".next", name))
}

func TestWatchedServerDoesNotLookUntilItIsTold(t *testing.T) {
	root := site(t, map[string]string{"a.html": "one", "gone.html": "here", "docs/index.html": "docs"})
	s, _ := newServer(t, Config{Root: root, Watched: true, Pages: echoPage})
	expect := func(when string, want map[string]string) {
		t.Helper()
		for target, body := range want {
			if w := do(s, "GET", target); w.Body.String() != body {
				t.Errorf("%s: GET %s: %q, want %q", when, target, w.Body, body)
			}
		}
	}
	before := map[string]string{"/a": "one", "/a.html": "one", "/gone": "here", "/new": "page GET /new", "/docs": "", "/docs/": "docs"}
	expect("at first", before)
	write(t, filepath.Join(root, "a.html"), "two")
	write(t, filepath.Join(root, "new.html"), "new")
	must(t, os.Remove(filepath.Join(root, "gone.html")))
	must(t, os.RemoveAll(filepath.Join(root, "docs")))
	expect("before it was told", before)
	s.Changed(nil, false)
	expect("told of nothing", before)
	s.Changed([]string{filepath.Join(root, "a.html")}, false)
	after := map[string]string{
		"/a": "two", "/a.html": "two", "/gone": "page GET /gone", "/new": "new", "/docs": "page GET /docs", "/docs/": "page GET /docs/",
	}
	expect("when it was told", after)
	must(t, os.Rename(root, root+".old"))
	write(t, filepath.Join(root, "a.html"), "three")
	expect("switched, before it was told", after)
	s.Changed(nil, true)
	expect("switched", map[string]string{"/a": "three", "/new": "page GET /new"})
}

func TestWatchedServerLooksNowAndThenNevertheless(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "one"})
	s, _ := newServer(t, Config{Root: root, Watched: true})
	s.cache.every = time.Millisecond
	do(s, "GET", "/a.txt")
	write(t, filepath.Join(root, "a.txt"), "two")
	eventually(t, "the change to be seen", func() bool { return do(s, "GET", "/a.txt").Body.String() == "two" })
}

func TestUnwatchedServerLooksNowAndThen(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "one"})
	s, _ := newServer(t, Config{Root: root})
	for _, target := range []string{"/a.txt", "/b.txt"} {
		do(s, "GET", target)
	}
	write(t, filepath.Join(root, "a.txt"), "two")
	write(t, filepath.Join(root, "b.txt"), "new")
	eventually(t, "the change to be seen", func() bool { return do(s, "GET", "/a.txt").Body.String() == "two" })
	eventually(t, "the new file to be seen", func() bool { return do(s, "GET", "/b.txt").Code == 200 })
}

// uncertain are the servers of which every request sees what is on the disk.
var uncertain = map[string]Config{
	"dev": {Dev: true}, "dev without a cache": {Dev: true, CacheBytes: -1}, "without a cache": {CacheBytes: -1},
}

func TestEveryWriteIsSeenAtOnce(t *testing.T) {
	for name, config := range uncertain {
		t.Run(name, func(t *testing.T) {
			config.Root = site(t, map[string]string{"a.html": "", "a.html.gz": "", "big.bin": ""})
			s, _ := newServer(t, config)
			tags := map[string]string{}
			past := time.Unix(1, 0)
			for i := range 120 { // many within one tick of the kernel's clock
				content := fmt.Sprintf("%05d", i)
				for _, file := range []string{"a.html", "a.html.gz"} {
					name := filepath.Join(config.Root, file)
					if i%3 == 0 {
						replace(t, name, content)
					} else {
						write(t, name, content)
					}
					must(t, os.Chtimes(name, past, past))
				}
				for _, accept := range []string{"identity", "gzip"} {
					w := do(s, "GET", "/a", "Accept-Encoding: "+accept)
					tag := w.Header().Get("Etag")
					if w.Body.String() != content || tags[tag] != "" {
						t.Fatalf("write %d: %q with tag %s, which was of %q", i, w.Body, tag, tags[tag])
					}
					tags[tag] = content
				}
			}
		})
	}
}

func TestTagsOfLargeFilesAreNeverReused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "big.bin")
	s, _ := newServer(t, Config{Root: filepath.Dir(name), Dev: true})
	seen := map[string]byte{}
	content := make([]byte, maxKept+1)
	for i := range 20 {
		content[0] = byte(i)
		must(t, os.WriteFile(name, content, 0o644))
		w := do(s, "GET", "/big.bin", "Range: bytes=0-0")
		tag := w.Header().Get("Etag")
		if other, ok := seen[tag]; w.Body.String() != string(content[:1]) || ok && other != content[0] {
			t.Errorf("write %d: %q with tag %s, which was of %d", i, w.Body, tag, other)
		}
		seen[tag] = content[0]
	}
	eventually(t, "the tag to settle", func() bool {
		first, second := do(s, "HEAD", "/big.bin"), do(s, "HEAD", "/big.bin")
		return first.Header().Get("Etag") == second.Header().Get("Etag")
	})
}

func TestRenameDuringAThousandReads(t *testing.T) {
	for _, config := range []Config{{Dev: true}, {Watched: true}, {}, {CacheBytes: -1}} {
		for _, size := range []int{3000, maxKept + 10} {
			t.Run(fmt.Sprintf("dev %t, watched %t, cache %d, size %d", config.Dev, config.Watched, config.CacheBytes, size), func(t *testing.T) {
				config.NoAccessLog = true
				testRename(t, config, size)
			})
		}
	}
}

func testRename(t *testing.T, config Config, size int) {
	body := func(i int) string { return strings.Repeat(string(rune('a'+i%20)), size+i%3) }
	config.Root = site(t, map[string]string{"a.txt": body(0)})
	s, _ := newServer(t, config)
	addr := serve(t, s)
	var tags sync.Map // tag → first letter
	var wg sync.WaitGroup
	readers, each := 25, 40
	if size > maxKept {
		each = 4
	}
	for range readers {
		wg.Go(func() {
			client := http.Client{Transport: &http.Transport{DisableCompression: true}}
			defer client.CloseIdleConnections()
			for range each {
				resp, err := client.Get("http://" + addr + "/a.txt")
				if err != nil {
					t.Error(err)
					return
				}
				var got strings.Builder
				_, err = fmt.Fprint(&got, readAllOf(resp))
				if b := got.String(); err != nil || len(b) < size || strings.Trim(b, b[:1]) != "" || resp.ContentLength != int64(len(b)) {
					t.Errorf("%d bytes, Content-Length %d, %v", len(b), resp.ContentLength, err)
					return
				}
				if other, seen := tags.LoadOrStore(resp.Header.Get("Etag"), got.String()[:1]); seen && other != got.String()[:1] {
					t.Errorf("one tag for %q and %q", other, got.String()[:1])
				}
			}
		})
	}
	for i := range 100 {
		replace(t, filepath.Join(config.Root, "a.txt"), body(i))
		if config.Watched {
			s.Changed([]string{"a.txt"}, false)
		}
	}
	wg.Wait()
	if w := do(s, "GET", "/a.txt"); config.Watched && w.Body.String() != body(99) {
		t.Errorf("at last it is %.1q, want %.1q", w.Body, body(99))
	}
}

func readAllOf(resp *http.Response) string {
	defer resp.Body.Close()
	var b strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	files := map[string]string{}
	for i := range 100 {
		files[fmt.Sprintf("f%02d.txt", i)] = strings.Repeat("x", 10000)
	}
	s, _ := newServer(t, Config{Root: site(t, files), Watched: true, CacheBytes: 200000})
	for range 2 {
		for i := range 100 {
			do(s, "GET", "/f00.txt")
			target := fmt.Sprintf("/f%02d.txt", i)
			if w := do(s, "GET", target); w.Code != 200 || w.Body.Len() != 10000 {
				t.Fatalf("GET %s: %d, %d bytes", target, w.Code, w.Body.Len())
			}
			sum := int64(0)
			for _, k := range s.cache.store.files {
				sum += k.version.Load().size()
			}
			if st := &s.cache.store; st.bytes > st.limit || st.bytes != sum || len(st.files) != len(st.clock) || st.files["f00.txt"] == nil {
				t.Fatalf("%d bytes counted, %d there, limit %d, %d files, %d in the clock", st.bytes, sum, st.limit, len(st.files), len(st.clock))
			}
		}
	}
}

func TestPathsThatDoNotExistTakeBoundedMemory(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.txt": "x"}), Watched: true, NoAccessLog: true})
	long := strings.Repeat("x", 1000)
	for i := range 5000 {
		do(s, "GET", fmt.Sprintf("/%d%s", i, long))
	}
	a := &s.cache.answers
	if n := len(a.young[0]) + len(a.old[0]); a.bytes > 2*maxAnswerBytes || n > 2000 {
		t.Errorf("%d answers, %d bytes", n, a.bytes)
	}
}

func TestConcurrentFirstRequestsLoadOnce(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.html": strings.Repeat("x", 100000)}), Watched: true})
	var versions sync.Map
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			f, err := s.lookup(target{name: []string{"a", "a.html"}[i%2], public: true}, time.Now(), false)
			if err != nil {
				t.Error(err)
				return
			}
			versions.Store(f.version, true)
		})
	}
	wg.Wait()
	n := 0
	versions.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d versions, want one", n)
	}
}

func TestSharedHeaderValuesAreNotChanged(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.html": strings.Repeat("x", 2000)})})
	first := do(s, "GET", "/a").Header().Clone()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/a", nil))
	for name := range w.Header() {
		w.Header().Add(name, "more")
	}
	if again := do(s, "GET", "/a").Header(); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("%v, want %v", again, first)
	}
}

func TestLargeFileThatIsReplacedIsFoundAnew(t *testing.T) {
	root := site(t, map[string]string{"big.txt.bin": strings.Repeat("a", maxKept+1)})
	s, _ := newServer(t, Config{Root: root, Watched: true})
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(filepath.Join(root, "big.txt.bin"), past, past))
	for i := range 3 { // as long as it is not settled it is looked up each time
		letter := string(rune('a' + i))
		w := do(s, "GET", "/big.txt.bin")
		if b := w.Body.String(); strings.Trim(b, letter) != "" || w.Header().Get("Content-Length") != fmt.Sprint(len(b)) {
			t.Errorf("replaced %d times: %d bytes of %.1q, Content-Length %s", i, len(b), b, w.Header().Get("Content-Length"))
		}
		eventually(t, "the file to settle", func() bool {
			do(s, "GET", "/big.txt.bin")
			return !s.cache.store.get("big.txt.bin").get().unsettled.Load()
		})
		replace(t, filepath.Join(root, "big.txt.bin"), strings.Repeat(string(rune('b'+i)), maxKept+2+i)) // and nobody tells
	}
	must(t, os.Remove(filepath.Join(root, "big.txt.bin")))
	if w := do(s, "GET", "/big.txt.bin"); w.Code != 404 {
		t.Errorf("removed: %d, want 404", w.Code)
	}
}
