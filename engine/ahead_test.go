package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wizgy/engine/watch"
)

// In the first moments of a process a release may be switched when some pages have not been read yet.
func TestPageThatIsReadAfterASwitchWaitsForTheRest(t *testing.T) {
	dir := t.TempDir()
	for n := range 2 {
		write(t, dir, fmt.Sprintf("release%d/page.js", n), numbered(n))
	}
	link := func(n int) {
		if err := errors.Join(os.Symlink(fmt.Sprint("release", n), filepath.Join(dir, "next")), os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "current"))); err != nil {
			t.Fatal(err)
		}
	}
	link(0)
	noticed, goOn := make(chan struct{}), make(chan struct{})
	e := open(t, Config{Dir: filepath.Join(dir, "current"), NoStart: true, Switch: func(_ watch.Change, commit func(uint64) bool) {
		select {
		case <-goOn:
		default:
			close(noticed)
			<-goOn
		}
		commit(0)
	}})
	link(1)
	<-noticed
	first, began := e.site.Load(), time.Now()
	answered := make(chan string, 1)
	go func() {
		body, err := get(e, "/page")
		if early := e.site.Load() == first; early && time.Since(began) < changeLimit {
			body = "of the next release, before the rest of it: " + body
		}
		answered <- fmt.Sprint(body, err)
	}()
	eventually(t, "the page is read", func() bool { return first.pages["page.js"].loaded.Load() })
	select {
	case got := <-answered:
		t.Error("answered with ", got)
	case <-time.After(50 * time.Millisecond): // in which it would be answered
		close(goOn)
		if got := <-answered; got != "1<nil>" {
			t.Error(got)
		}
		return
	}
	close(goOn)
}
