package engine

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const importing = `import { word } from "./_lib/word.js";
let n = 0;
export function application(environ, start_response) {
  start_response("200 OK", []);
  return [word + ++n];
}`

func TestSaveDoesNotWaitForPagesThatNobodyHasAskedFor(t *testing.T) {
	dir := t.TempDir()
	page := write(t, dir, "page.js", numbered(0))
	other := write(t, dir, "other.js", numbered(0))
	e := open(t, Config{Dir: dir, NoStart: true})
	if body, err := get(e, "/page"); body != "0" {
		t.Fatal(body, err)
	}
	for n, file := range []string{page, other} {
		before := e.site.Load().generation
		if err := os.WriteFile(file, []byte(numbered(n+1)), 0o644); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the save is noticed", func() bool { return e.site.Load().generation > before })
		if e.site.Load().pages["other.js"].loaded.Load() {
			t.Fatalf("after a save of %s a page was loaded that nobody had asked for", file)
		}
	}
	for path, want := range map[string]string{"/page": "1", "/other": "2"} {
		if body, err := get(e, path); body != want {
			t.Errorf("%s answers %q, %v; want %s", path, body, err, want)
		}
	}
}

func TestChangeReloadsThePagesThatImportTheFileAndNoOther(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", importing)
	write(t, dir, "sub/b.js", strings.Replace(importing, "./_lib", "../_lib", 1))
	write(t, dir, "c.js", strings.Replace(importing, `import { word } from "./_lib/word.js"`, `const word = "own"`, 1))
	word := write(t, dir, "_lib/word.js", `export const word = "old";`)
	e := open(t, Config{Dir: dir})
	e.Check()
	before := e.site.Load().pages
	if err := os.WriteFile(word, []byte(`export const word = "new";`), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the pages that import the file are new", func() bool {
		a, _ := get(e, "/a")
		b, _ := get(e, "/sub/b")
		return strings.HasPrefix(a, "new") && strings.HasPrefix(b, "new")
	})
	if after := e.site.Load().pages; after["c.js"] != before["c.js"] {
		t.Error("a page that does not import the file was reloaded")
	}
}

func TestFilesOutsideOfTheFolderAreWatched(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "apps/a.js", strings.Replace(importing, "./_lib", "../shared", 1))
	word := write(t, dir, "shared/word.js", `export const word = "old";`)
	e := open(t, Config{Dir: filepath.Join(dir, "apps")})
	e.Check()
	eventually(t, "the first answer", func() bool { a, _ := get(e, "/a"); return strings.HasPrefix(a, "old") })
	eventually(t, "the file's change is noticed", func() bool {
		os.WriteFile(word, []byte(`export const word = "new";`), 0o644) // again, until the folder is watched
		a, _ := get(e, "/a")
		return strings.HasPrefix(a, "new")
	})
}

func TestBrokenSaveKeepsTheLastGoodVersion(t *testing.T) {
	dir := t.TempDir()
	page := write(t, dir, "apps/a.js", numbered(1))
	log := &lockedBuffer{}
	e := open(t, Config{Dir: filepath.Join(dir, "apps"), Logger: slog.New(slog.NewTextHandler(log, nil))})
	e.Check()
	for _, broken := range []struct{ src, want string }{
		{"export function application() {\n  return 1 +;\n}", "apps/a.js:2:13: Unexpected"},
		{"import './none.js';\nexport function application() {}", "apps/a.js:1:8: Could not resolve"},
		{"throw new Error('at the top');\nexport function application() {}", "apps/a.js:1:7: Error: at the top"},
		{"const x = 1;", "apps/a.js:1:1: the page provides no function application"},
	} {
		os.WriteFile(page, []byte(broken.src), 0o644)
		eventually(t, broken.want, func() bool { return strings.Contains(log.String(), broken.want) })
		if body, err := get(e, "/a"); err != nil || body != "1" {
			t.Errorf("with the broken save the page answers %q, %v", body, err)
		}
	}
	os.WriteFile(page, []byte(numbered(2)), 0o644)
	eventually(t, "the fix is picked up", func() bool { body, _ := get(e, "/a"); return body == "2" })
}

func TestNewFilesAppearAndDeletedOnesGo(t *testing.T) {
	for _, dev := range []bool{false, true} {
		dir := t.TempDir()
		e := open(t, Config{Dir: filepath.Join(dir, "apps"), Dev: dev}) // the folder is not there yet
		if _, err := get(e, "/sub/a"); err == nil {
			t.Fatal("a page that is not there answers")
		}
		page := write(t, dir, "apps/sub/a.js", numbered(1))
		appears := func() bool { body, _ := get(e, "/sub/a"); return body == "1" }
		if dev && !appears() {
			t.Error("in dev mode, the new page is not there at once")
		}
		eventually(t, "the new page", appears)
		if err := os.RemoveAll(filepath.Dir(page)); err != nil {
			t.Fatal(err)
		}
		gone := func() bool { _, err := get(e, "/sub/a"); return err != nil }
		if dev && !gone() {
			t.Error("in dev mode, the deleted page still answers")
		}
		eventually(t, "the deleted page goes", gone)
	}
}

func TestMissingImportIsFoundWhenItComes(t *testing.T) {
	for _, dev := range []bool{false, true} {
		dir := t.TempDir()
		write(t, dir, "a.js", importing)
		e := open(t, Config{Dir: dir, Dev: dev})
		if _, err := get(e, "/a"); err == nil {
			t.Fatal("the page answers without its import")
		}
		write(t, dir, "_lib/word.js", `export const word = "there";`)
		eventually(t, "the page works", func() bool { a, _ := get(e, "/a"); return strings.HasPrefix(a, "there") })
	}
}

// A file that an import without extension means from now on, though no file changed.
func TestNewFileTakesAnImportOver(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", strings.Replace(importing, "word.js", "word", 1))
	write(t, dir, "_lib/word.js", `export const word = "js";`)
	e := open(t, Config{Dir: dir})
	e.Check()
	eventually(t, "the first answer", func() bool { a, _ := get(e, "/a"); return strings.HasPrefix(a, "js") })
	write(t, dir, "_lib/word.ts", `export const word: string = "ts";`)
	eventually(t, "the new file is used", func() bool { a, _ := get(e, "/a"); return strings.HasPrefix(a, "ts") })
}

func TestRequestInFlightStaysWithItsVersion(t *testing.T) {
	dir := t.TempDir()
	page := func(n string) string {
		return `export const input = "stream";
export function* application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  yield "` + n + `";
  yield environ["wsgi.input"].read();
  yield "` + n + `";
}`
	}
	path := write(t, dir, "a.js", page("old "))
	e := open(t, Config{Dir: dir, Dev: true})
	site := httptest.NewServer(e)
	defer site.Close()
	body, feed := io.Pipe()
	resp, err := http.Post(site.URL+"/a", "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 4)
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "old " {
		t.Fatalf("first %q, %v", first, err)
	}
	os.WriteFile(path, []byte(page("new ")), 0o644)
	if got, err := get(e, "/a"); err != nil || got != "new new " {
		t.Errorf("a new request got %q, %v", got, err)
	}
	io.WriteString(feed, "and ")
	feed.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "and old " {
		t.Errorf("the request in flight went on with %q, %v", got, err)
	}
}

func TestSwitchedFolderIsNoticed(t *testing.T) {
	for _, dev := range []bool{false, true} {
		dir := t.TempDir()
		write(t, dir, "one/a.js", numbered(1))
		write(t, dir, "two/a.js", numbered(2))
		write(t, dir, "two/b.js", numbered(3))
		link := filepath.Join(dir, "apps")
		if err := os.Symlink("one", link); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		e := open(t, Config{Dir: link, Dev: dev})
		if body, err := get(e, "/a"); err != nil || body != "1" {
			t.Fatalf("before: %q, %v", body, err)
		}
		if err := os.Symlink("two", link+"~"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+"~", link); err != nil {
			t.Fatal(err)
		}
		switched := func() bool {
			a, _ := get(e, "/a")
			b, _ := get(e, "/b")
			return a == "2" && b == "3"
		}
		if dev && !switched() {
			t.Error("in dev mode, the other folder is not served at once")
		}
		eventually(t, "the other folder is served", switched)
	}
}

// A page that was never loaded is deleted and made anew, as some editors save: a request in
// between waits for it.
func TestRequestWaitsForAFileThatIsBeingReplaced(t *testing.T) {
	dir := t.TempDir()
	page := write(t, dir, "a.js", numbered(1))
	e := open(t, Config{Dir: dir, Dev: true, NoStart: true})
	if err := os.Remove(page); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		body, err := get(e, "/a")
		if err != nil {
			body = err.Error()
		}
		answer <- body
	}()
	eventually(t, "the request sees that the file is gone", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.vanished) > 0 || len(answer) > 0
	})
	write(t, dir, "a.js", numbered(2))
	if got := <-answer; got != "2" {
		t.Errorf("the request was answered %q", got)
	}
}
