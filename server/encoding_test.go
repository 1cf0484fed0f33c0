package server

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// decoder undoes a coding.
func decoder(t testing.TB, name string, from io.Reader) io.Reader {
	t.Helper()
	switch name {
	case "br":
		return brotli.NewReader(from)
	case "zstd":
		r, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1))
		must(t, err)
		t.Cleanup(r.Close)
		return r
	case "gzip":
		r, err := gzip.NewReader(from)
		must(t, err)
		return r
	}
	return from
}

func decoded(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	body, err := io.ReadAll(decoder(t, w.Header().Get("Content-Encoding"), bytes.NewReader(w.Body.Bytes())))
	if err != nil {
		t.Errorf("%s body: %v", w.Header().Get("Content-Encoding"), err)
	}
	return string(body)
}

const everyCoding = "Accept-Encoding: gzip, deflate, br, zstd"

var prose = strings.Repeat("In the beginning there was text, and it was compressed. ", 200)

func TestTextIsCompressedOnce(t *testing.T) {
	for _, accept := range []string{"br", "zstd", "gzip"} {
		s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.html": prose}), Watched: true})
		plain := do(s, "GET", "/a", "Accept-Encoding: "+accept)
		if plain.Header().Get("Content-Encoding") != "" || plain.Body.String() != prose || plain.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("first: %v", plain.Header())
		}
		var w *httptest.ResponseRecorder
		eventually(t, "the file to be compressed", func() bool {
			w = do(s, "GET", "/a", "Accept-Encoding: "+accept)
			return w.Header().Get("Content-Encoding") == accept
		})
		if decoded(t, w) != prose || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) || w.Header().Get("Accept-Ranges") != "" {
			t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
		}
		plainTag, tag := plain.Header().Get("Etag"), w.Header().Get("Etag")
		if plainTag == tag || w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Last-Modified") != plain.Header().Get("Last-Modified") {
			t.Errorf("%s: %v, as it is: %v", accept, w.Header(), plain.Header())
		}
		for _, tt := range []struct {
			headers []string
			status  int
			coding  string
			tag     string
		}{
			{[]string{"Accept-Encoding: " + accept, "If-None-Match: " + tag}, 304, "", tag},
			{[]string{"Accept-Encoding: " + accept, "If-None-Match: W/" + tag}, 304, "", tag},
			{[]string{"Accept-Encoding: " + accept, "If-None-Match: " + plainTag}, 304, "", plainTag},
			{[]string{"If-None-Match: " + tag}, 200, "", plainTag},
			{[]string{"Accept-Encoding: " + accept, "If-Match: " + tag}, 200, accept, tag},
			{[]string{"If-Match: " + tag}, 412, "", plainTag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=3-5"}, 206, "", plainTag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=3-5", "If-Range: " + plainTag}, 206, "", plainTag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=3-5", "If-Range: " + tag}, 200, accept, tag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=3-5", "If-Match: " + plainTag}, 206, "", plainTag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=3-5", "If-Match: " + tag}, 200, accept, tag},
			{[]string{"Accept-Encoding: " + accept, "Range: bytes=999999-", "If-Match: " + tag}, 200, accept, tag},
			{[]string{"Accept-Encoding: " + accept, "Range: lines=3-5"}, 200, accept, tag},
			{[]string{"Accept-Encoding: " + accept + ", identity;q=0", "Range: bytes=3-5"}, 200, accept, tag},
			{[]string{"Accept-Encoding: " + accept + ";q=0"}, 200, "", plainTag},
		} {
			for _, method := range []string{"GET", "HEAD"} {
				if method == "HEAD" && tt.status == 206 {
					continue
				}
				w := do(s, method, "/a", tt.headers...)
				if w.Code != tt.status || w.Header().Get("Content-Encoding") != tt.coding || w.Header().Get("Etag") != tt.tag || w.Header().Get("Vary") == "" {
					t.Errorf("%s %v: %d %v, want %d %q %s", method, tt.headers, w.Code, w.Header(), tt.status, tt.coding, tt.tag)
				}
				if tt.status == 206 && w.Body.String() != prose[3:6] {
					t.Errorf("%v: %q", tt.headers, w.Body)
				}
			}
		}
	}
}

func TestTagOfACodingOutlivesTheResult(t *testing.T) {
	root := site(t, map[string]string{"a.html": prose})
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(filepath.Join(root, "a.html"), past, past))
	s, _ := newServer(t, Config{Root: root, Watched: true})
	eventually(t, "the tag to settle", func() bool {
		s.Changed(nil, true)
		tag := do(s, "GET", "/a").Header().Get("Etag")
		s, _ = newServer(t, Config{Root: root, Watched: true})
		return tag == do(s, "GET", "/a").Header().Get("Etag")
	})
	tag := encodedTag(do(s, "GET", "/a").Header().Get("Etag"), brotliCoding)
	w := do(s, "GET", "/a", "Accept-Encoding: br", "If-None-Match: "+tag)
	if w.Code != 304 || w.Header().Get("Etag") != tag {
		t.Errorf("%d %v, want 304: it would be compressed to the same", w.Code, w.Header())
	}
}

func TestWhoTakesNothingElseWaits(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.html": prose, "a.png": prose, "tiny.html": "tiny", "random.txt": noise(5000)})})
	for _, tt := range []struct {
		target, accept string
		status         int
		coding         string
	}{
		{"/a.html", "gzip, identity;q=0", 200, "gzip"},
		{"/a.html", "zstd, *;q=0", 200, "zstd"},
		{"/random.txt", "gzip, *;q=0", 200, "gzip"},
		{"/a.html", "identity;q=0", 406, ""},
		{"/a.html", "*;q=0", 406, ""},
		{"/a.html", "deflate;q=1, *;q=0", 406, ""},
		{"/a.png", "identity;q=0, gzip", 200, ""}, // there is no choice, so nothing to refuse
		{"/tiny.html", "identity;q=0, gzip", 200, ""},
	} {
		w := do(s, "GET", tt.target, "Accept-Encoding: "+tt.accept)
		if w.Code != tt.status || w.Header().Get("Content-Encoding") != tt.coding {
			t.Errorf("%s %s: %d %v", tt.target, tt.accept, w.Code, w.Header())
		}
		if w.Code == 200 && w.Header().Get("Content-Encoding") != "" && len(decoded(t, w)) < 5000 {
			t.Errorf("%s %s: %d bytes", tt.target, tt.accept, w.Body.Len())
		}
	}
}

func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func TestWhatIsNotCompressed(t *testing.T) {
	root := site(t, map[string]string{"a.png": prose, "a.mp4": prose, "tiny.html": prose[:minEncoded-1], "a.zip": prose, "noext": prose, "random.txt": noise(5000), "a.html": prose})
	s, _ := newServer(t, Config{Root: root, Watched: true})
	for _, target := range []string{"/a.png", "/a.mp4", "/tiny.html", "/a.zip", "/noext"} {
		w := do(s, "GET", target, everyCoding)
		if w.Header().Get("Vary") != "" || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %v", target, w.Header())
		}
	}
	do(s, "GET", "/random.txt", everyCoding)
	do(s, "GET", "/a.html", everyCoding)
	eventually(t, "the queue to be done", func() bool {
		return do(s, "GET", "/a.html", everyCoding).Header().Get("Content-Encoding") == "br"
	})
	if w := do(s, "GET", "/random.txt", everyCoding); w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") == "" {
		t.Errorf("noise: %v", w.Header())
	}
	off, _ := newServer(t, Config{Root: root, NoCompress: true})
	if w := do(off, "GET", "/a.html", everyCoding, "Accept-Encoding: identity;q=0"); w.Code != 200 || w.Header().Get("Vary") != "" || w.Body.String() != prose {
		t.Errorf("NoCompress: %d %v", w.Code, w.Header())
	}
}

func TestRuleForbidsToTransform(t *testing.T) {
	root := site(t, map[string]string{"fixed/a.html": prose, "fixed/b.js": prose, "fixed/b.js.gz": "gzipped", "a.html": prose})
	must(t, chtimes(filepath.Join(root, "fixed/b.js"), time.Now().Add(-time.Hour))) // so that the other is not older
	page := pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/own") {
			w.Header().Set("Cache-Control", "private")
		}
		w.Header().Set("Content-Type", "text/plain")
		_, err := io.WriteString(w, prose)
		return err
	})
	rules := []CacheRule{{Path: "/fixed/*", Control: "max-age=60, No-Transform"}}
	s, _ := newServer(t, Config{Root: root, Pages: page, Cache: rules})
	for _, tt := range []struct {
		request string
		encoded bool
	}{
		{"GET /fixed/a.html", false}, {"GET /a.html", true}, {"GET /page", true}, // compressed behind it
		{"GET /fixed/a.html", false}, {"HEAD /fixed/a.html", false}, {"GET /fixed/b.js", false},
		{"GET /fixed/page", false}, {"HEAD /fixed/page", false},
		{"POST /fixed/page", true}, {"GET /fixed/own", true}, // for which the rule is not
	} {
		method, path, _ := strings.Cut(tt.request, " ")
		var w *httptest.ResponseRecorder
		ask := func() bool {
			w = do(s, method, path, "Accept-Encoding: gzip")
			return (w.Header().Get("Content-Encoding") == "gzip") == tt.encoded
		}
		if tt.encoded {
			eventually(t, tt.request+" to be compressed", ask)
		} else if !ask() {
			t.Errorf("%s: %v", tt.request, w.Header())
		}
		if kept := w.Header().Get("Cache-Control") == rules[0].Control; kept == tt.encoded {
			t.Errorf("%s: %v", tt.request, w.Header())
		}
	}
}

func TestCompressedFilesCountInTheCache(t *testing.T) {
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("f%02d.txt", i)] = noise(2000) + strings.Repeat("x", 4000)
	}
	s, _ := newServer(t, Config{Root: site(t, files), Watched: true, CacheBytes: 60000})
	for i := range 60 {
		target := fmt.Sprintf("/f%02d.txt", i%20)
		do(s, "GET", target, everyCoding)
		eventually(t, "compression", func() bool { return do(s, "GET", target, everyCoding).Header().Get("Content-Encoding") == "br" })
	}
	st := &s.cache.store
	st.mu.Lock()
	defer st.mu.Unlock()
	sum := int64(0)
	for _, k := range st.files {
		sum += k.version.Load().size()
	}
	if st.bytes != sum || sum > st.limit {
		t.Errorf("%d bytes counted, %d there, limit %d", st.bytes, sum, st.limit)
	}
}

func TestErrorPageOfTheSiteIsCompressedToo(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"404.html": prose})})
	eventually(t, "compression", func() bool {
		return do(s, "GET", "/x", everyCoding).Header().Get("Content-Encoding") == "br"
	})
	w := do(s, "GET", "/x", everyCoding, "Range: bytes=0-1", "If-None-Match: *")
	if w.Code != http.StatusNotFound || decoded(t, w) != prose || w.Header().Get("Etag") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
