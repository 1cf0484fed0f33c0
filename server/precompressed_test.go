package server

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestPrecompressedNeighbours(t *testing.T) {
	encoded := func(c coding) string { return string(encodeFile(c, []byte(prose), func() bool { return false })) }
	root := site(t, map[string]string{
		"app.js": prose, "app.js.br": encoded(brotliCoding), "app.js.gz": encoded(gzipCoding), "app.js.zst": "stale",
		"pic.png": prose, "pic.png.gz": "no", "data.bin": prose, "data.bin.gz": encoded(gzipCoding), "dir.js": prose, "dir.js.br/x": "",
	})
	at := func(name string, age time.Duration) {
		t.Helper()
		then := time.Now().Add(-age).Truncate(time.Second)
		must(t, os.Chtimes(filepath.Join(root, name), then, then))
	}
	at("app.js", time.Hour)
	at("app.js.br", time.Hour)
	at("app.js.gz", time.Minute)
	at("app.js.zst", 2*time.Hour)
	at("data.bin", time.Hour)
	at("pic.png", time.Hour)
	for name, config := range map[string]Config{"watched": {Watched: true}, "dev": {Dev: true}, "no cache": {CacheBytes: -1}, "small cache": {CacheBytes: 40000}} {
		t.Run(name, func(t *testing.T) {
			config.Root = root
			s, _ := newServer(t, config)
			tags := map[string]bool{}
			for _, tt := range []struct{ target, accept, coding string }{
				{"/app.js", "gzip, br, zstd", "br"},
				{"/app.js", "gzip, zstd", "gzip"},
				{"/app.js", "gzip;q=1, br;q=0.5", "gzip"},
				{"/app.js", "identity", ""},
				{"/data.bin", "gzip, br", "gzip"},
				{"/data.bin", "br", ""},
				{"/pic.png", "gzip", ""},
			} {
				w := do(s, "GET", tt.target, "Accept-Encoding: "+tt.accept)
				tag := w.Header().Get("Etag")
				if w.Header().Get("Content-Encoding") != tt.coding || decoded(t, w) != prose || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) ||
					w.Header().Get("Content-Type") != contentType(tt.target) || (w.Header().Get("Vary") != "") != (tt.target != "/pic.png") {
					t.Errorf("%s %s: %d bytes %v", tt.target, tt.accept, w.Body.Len(), w.Header())
				}
				tags[tag] = true
				if again := do(s, "GET", tt.target, "Accept-Encoding: "+tt.accept, "If-None-Match: "+tag); config.Watched && again.Code != 304 {
					t.Errorf("%s %s: %d, want 304", tt.target, tt.accept, again.Code)
				}
			}
			if w := do(s, "GET", "/app.js.br"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != encoded(brotliCoding) {
				t.Errorf("asked for by name: %v", w.Header())
			}
		})
	}
	s, _ := newServer(t, Config{Root: root, Watched: true})
	before := do(s, "GET", "/app.js", "Accept-Encoding: br").Header().Get("Etag")
	write(t, filepath.Join(root, "app.js.br"), encoded(brotliCoding)+"!") // a new build of it
	s.Changed(nil, true)
	after := do(s, "GET", "/app.js", "Accept-Encoding: br").Header().Get("Etag")
	must(t, os.Remove(filepath.Join(root, "app.js.br")))
	s.Changed(nil, true)
	if w := do(s, "GET", "/app.js", "Accept-Encoding: br, gzip"); before == after || w.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("tags %s and %s, then %v", before, after, w.Header())
	}
}

// TestNeighbourThatIsNotCompleteIsNotSent has a tool compress a file while it is asked for.
func TestNeighbourThatIsNotCompleteIsNotSent(t *testing.T) {
	root := site(t, map[string]string{"data.bin": prose})
	s, _ := newServer(t, Config{Root: root, Watched: true})
	compressed := string(encodeFile(gzipCoding, []byte(prose), func() bool { return false }))
	tool, err := os.Create(filepath.Join(root, "data.bin.gz"))
	must(t, err)
	reader, err := os.Open(tool.Name())
	must(t, err)
	defer reader.Close()
	if !s.cache.loader.beingWritten(reader) {
		t.Skip("this system, or its file system, does not tell who has a file open")
	}
	for _, step := range []struct {
		name, want string
		do         func() error
	}{
		{"half of it", "", func() error { _, err := tool.WriteString(compressed[:len(compressed)/2]); return err }},
		{"the rest", "", func() error { _, err := tool.WriteString(compressed[len(compressed)/2:]); return err }},
		{"its end", "gzip", tool.Close},
		{"an empty one in its place", "", func() error { return os.Truncate(tool.Name(), 0) }},
	} {
		must(t, step.do())
		s.Changed(nil, true)
		w := do(s, "GET", "/data.bin", "Accept-Encoding: gzip")
		if got := w.Header().Get("Content-Encoding"); got != step.want || decoded(t, w) != prose {
			t.Errorf("%s: got %q, want %q, and the whole content", step.name, got, step.want)
		}
	}
}

func TestLargePrecompressedFile(t *testing.T) {
	big := noise(3 << 20)
	root := site(t, map[string]string{"big.bin": big})
	write(t, filepath.Join(root, "big.bin.gz"), string(encodeFile(gzipCoding, []byte(big), func() bool { return false }))) // not before it
	s, _ := newServer(t, Config{Root: root, Watched: true})
	for range 3 {
		w := do(s, "GET", "/big.bin", "Accept-Encoding: gzip")
		if w.Header().Get("Content-Encoding") != "gzip" || decoded(t, w) != big {
			t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
		}
	}
}
