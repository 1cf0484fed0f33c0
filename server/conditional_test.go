package server

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestConditionsInTheirOrder(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "0123456789"})
	yesterday := time.Now().Add(-24 * time.Hour)
	must(t, os.Chtimes(filepath.Join(root, "a.txt"), yesterday, yesterday))
	s, _ := newServer(t, Config{Root: root})
	first := do(s, "GET", "/a.txt").Header()
	tag, date := first.Get("Etag"), first.Get("Last-Modified")
	const past, future = "Mon, 02 Jan 2006 15:04:05 GMT", "Fri, 31 Dec 2100 23:59:59 GMT"
	other := `"other"`
	tests := []struct {
		name    string
		status  int
		headers []string
	}{
		{"If-Match before If-Unmodified-Since", 200, []string{"If-Match: " + tag, "If-Unmodified-Since: " + past}},
		{"If-Match star", 200, []string{"If-Match: *"}},
		{"If-Match is strong", 412, []string{"If-Match: W/" + tag}},
		{"If-Match list", 200, []string{"If-Match: " + other + " , W/" + tag + "," + tag}},
		{"If-Match on two lines", 200, []string{"If-Match: " + other, "If-Match: " + tag}},
		{"If-Match malformed", 412, []string{"If-Match: " + strings.Trim(tag, `"`)}},
		{"If-Match then If-None-Match", 304, []string{"If-Match: " + tag, "If-None-Match: " + tag}},
		{"If-Match fails before If-None-Match", 412, []string{"If-Match: " + other, "If-None-Match: " + tag}},
		{"If-Unmodified-Since the same", 200, []string{"If-Unmodified-Since: " + date}},
		{"If-Unmodified-Since later", 200, []string{"If-Unmodified-Since: " + future}},
		{"If-Unmodified-Since malformed", 200, []string{"If-Unmodified-Since: yesterday"}},
		{"If-Unmodified-Since then If-Modified-Since", 304, []string{"If-Unmodified-Since: " + date, "If-Modified-Since: " + date}},
		{"If-None-Match before If-Modified-Since", 200, []string{"If-None-Match: " + other, "If-Modified-Since: " + future}},
		{"If-None-Match empty before If-Modified-Since", 200, []string{"If-None-Match: ", "If-Modified-Since: " + future}},
		{"If-None-Match star", 304, []string{"If-None-Match: *"}},
		{"If-None-Match with a comma in a tag", 304, []string{`If-None-Match: "a,b", ` + tag}},
		{"If-None-Match after rubbish", 200, []string{`If-None-Match: rubbish, ` + tag}},
		{"If-Modified-Since later", 304, []string{"If-Modified-Since: " + future}},
		{"If-Modified-Since malformed", 200, []string{"If-Modified-Since: yesterday"}},
		{"If-Modified-Since twice", 200, []string{"If-Modified-Since: " + future, "If-Modified-Since: " + future}},
		{"If-Modified-Since in RFC 850", 304, []string{"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT", "If-None-Match: " + tag}},
		{"Range", 206, []string{"Range: bytes=0-1"}},
		{"304 before Range", 304, []string{"Range: bytes=0-1", "If-None-Match: " + tag}},
		{"412 before Range", 412, []string{"Range: bytes=0-1", "If-Match: " + other}},
		{"304 before 416", 304, []string{"Range: bytes=20-", "If-None-Match: " + tag}},
		{"If-Range tag", 206, []string{"Range: bytes=0-1", "If-Range: " + tag}},
		{"If-Range other tag", 200, []string{"Range: bytes=0-1", "If-Range: " + other}},
		{"If-Range other tag before 416", 200, []string{"Range: bytes=20-", "If-Range: " + other}},
		{"If-Range weak tag", 200, []string{"Range: bytes=0-1", "If-Range: W/" + tag}},
		{"If-Range list", 200, []string{"Range: bytes=0-1", "If-Range: " + tag + ", " + other}},
		{"If-Range date", 206, []string{"Range: bytes=0-1", "If-Range: " + date}},
		{"If-Range later date", 200, []string{"Range: bytes=0-1", "If-Range: " + future}},
		{"If-Range malformed", 200, []string{"Range: bytes=0-1", "If-Range: x"}},
		{"If-Range without Range", 200, []string{"If-Range: " + other}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				want := tt.status
				if method == "HEAD" && want == 206 {
					want = 200
				}
				w := do(s, method, "/a.txt", tt.headers...)
				if w.Code != want {
					t.Errorf("%s: %d, want %d", method, w.Code, want)
				}
				if w.Code == 304 && (w.Header().Get("Etag") != tag || w.Header().Get("Content-Length") != "" || w.Body.Len() > 0) {
					t.Errorf("%s: %v %q", method, w.Header(), w.Body)
				}
			}
		})
	}
}

func TestDateToComeIsNotSent(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "x"})
	s, _ := newServer(t, Config{Root: root})
	future := mustTime(t, "Fri, 31 Dec 2100 23:59:59 GMT")
	must(t, chtimes(root+"/a.txt", future))
	w := do(s, "GET", "/a.txt", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT")
	if w.Code != http.StatusOK || w.Header().Get("Last-Modified") != "" {
		t.Errorf("%d, Last-Modified %q", w.Code, w.Header().Get("Last-Modified"))
	}
}

// TestDateInIfRangeIsOfOneVersion has files that had, or may have, several contents within the second
// that a Last-Modified tells. Tags tell them apart.
func TestDateInIfRangeIsOfOneVersion(t *testing.T) {
	t.Parallel()
	second := time.Now().Truncate(time.Second)
	for _, name := range []string{"a.txt", "a.txt.gz"} { // one that is sent compressed, too
		for _, tt := range []struct {
			name   string
			times  []time.Time // of one content after the other; zero is now
			status int
		}{
			{"long ago", []time.Time{second.Add(-time.Hour)}, 206},
			{"two seconds ago", []time.Time{second.Add(-2 * time.Second)}, 206},
			{"in this second", []time.Time{{}}, 200},
			{"twice in a second", []time.Time{second.Add(-time.Hour), second.Add(-time.Hour + time.Second/2)}, 200},
			{"twice, and not in a second", []time.Time{second.Add(-2 * time.Hour), second.Add(-time.Hour)}, 206},
			{"set back to the same", []time.Time{second.Add(-time.Hour), second.Add(-time.Hour)}, 200},
		} {
			t.Run(name+" "+tt.name, func(t *testing.T) {
				root := site(t, map[string]string{"a.txt": "", name: ""})
				s, _ := newServer(t, Config{Root: root})
				var date, tag string
				for i, modified := range tt.times {
					file := filepath.Join(root, "a.txt")
					must(t, os.WriteFile(file, []byte(strings.Repeat(strconv.Itoa(i), 1000)), 0o644))
					if !modified.IsZero() {
						must(t, os.Chtimes(file, modified, modified))
					}
					s.Changed(nil, true)
					head := do(s, "GET", "/a.txt").Header()
					date, tag = head.Get("Last-Modified"), head.Get("Etag")
				}
				if got := do(s, "GET", "/a.txt", "Range: bytes=0-9", "If-Range: "+date, "Accept-Encoding: gzip"); got.Code != tt.status {
					t.Errorf("with the date: got %d, want %d", got.Code, tt.status)
				}
				if got := do(s, "GET", "/a.txt", "Range: bytes=0-9", "If-Range: "+tag); got.Code != 206 {
					t.Errorf("with the tag: got %d, want 206", got.Code)
				}
			})
		}
	}
}
