package engine

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
)

func TestPagesThatNobodyWantsAreSaid(t *testing.T) {
	as := map[string]string{
		"x.bak.js": "a copy", "x.js.old.js": "a copy", "x copy.js": "a copy", "x copy 2.ts": "a copy", "Copy of x.js": "a copy",
		"x - Copy.js": "a copy", "x - Kopie (2).js": "a copy", "x (1).js": "a copy", "x.orig.js": "a copy", "x.orig2.js": "a copy",
		"x.sync-conflict-20260101-101010-ABC.js": "a copy", "x (Ada's conflicted copy 2026-01-01).js": "a copy", "x_LOCAL_12.js": "",
		"x.LOCAL.12.js": "a copy", "x 2.js": "a copy", "blog/x.bak/y.js": "", "blog/[slug].bak.js": "",
		"x.test.js": "a test", "x_test.js": "a test", "x.spec.tsx": "a test", "blog/y.test.ts": "a test", "x.stories.jsx": "a test",
		"vite.config.js": "the settings of a tool", "gulpfile.js": "the settings of a tool",
		"x.js": "", "chapter 2.js": "", "test.js": "", "copy.js": "", "old.js": "", "backup.js": "", "spec.js": "", "config.js": "",
		"feed.xml.js": "", "robots.txt.js": "", "photocopy.js": "", "old/index.js": "", "2.js": "", "latest.js": "", "my-page.js": "", "v1.2.js": "",
		"_x.bak.js": "", "_lib/x.test.js": "",
	}
	dir := t.TempDir()
	var want []string
	for file, what := range as {
		write(t, dir, "apps/"+file, "export function application(e, start) { start('200 OK', []); return [] }")
		if what != "" {
			want = append(want, "apps/"+file+" "+what)
		}
	}
	log := &lockedBuffer{}
	e := open(t, Config{Dir: dir + "/apps", NoWatch: true, NoStart: true, Logger: slog.New(slog.NewTextHandler(log, nil))})
	_, warnings := e.Check()
	var got []string
	for _, w := range warnings {
		what, _, _ := strings.Cut(strings.TrimPrefix(w.Message, "this looks like "), ",")
		got = append(got, w.File+" "+what)
		if !strings.Contains(log.String(), w.File+": this looks like") {
			t.Errorf("the log does not have %s", w.File)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := strings.Count(log.String(), "this looks like"); n != len(want) {
		t.Errorf("%d warnings are logged, want %d", n, len(want))
	}
}
