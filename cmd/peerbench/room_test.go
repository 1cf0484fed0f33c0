//go:build linux

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEverySourceRenders(t *testing.T) {
	home, err := newSite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := home.newRoom("one")
	if err != nil {
		t.Fatal(err)
	}
	r.Var["modules"] = "load_module x.so;"
	names, err := fs.Glob(sources, "peers/*/*")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d sources, %v", len(names), err)
	}
	// What says where to listen, in some form.
	listening := map[string]string{
		"nginx/plain.conf": "listen " + r.Addr, "nginx/njs.conf": "listen " + r.Addr, "nginx/php.conf": "listen " + r.Addr,
		"caddy/Caddyfile": "http://" + r.Addr, "python/uwsgi.ini": "http-socket = " + r.Addr,
		"js/node.mjs": "listen(" + r.Port, "js/express.mjs": "listen(" + r.Port, "js/deno.mjs": "port: " + r.Port, "js/bun.mjs": "port: " + r.Port,
	}
	for _, name := range names {
		name = strings.TrimPrefix(name, "peers/")
		if err := r.render("", name); err != nil {
			t.Error(err)
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.Dir, filepath.Base(name)))
		if err != nil {
			t.Error(err)
		}
		for _, bad := range []string{"<no value>", "{{", `\u003c`} {
			if strings.Contains(string(content), bad) && !strings.HasSuffix(name, ".lua") {
				t.Errorf("%s has %s", name, bad)
			}
		}
		if !strings.Contains(string(content), listening[name]) {
			t.Errorf("%s has no %s:\n%s", name, listening[name], content)
		}
	}
}

func TestRenderWithoutItsVariablesFails(t *testing.T) {
	home, err := newSite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := home.newRoom("one")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.render("", "js/express.mjs"); err == nil {
		t.Error("express.mjs was rendered without knowing where its modules are")
	}
}

func TestRowsAreSortedAndEscaped(t *testing.T) {
	page := string(rowsPage())
	if got := strings.Count(page, "<tr>"); got != len(rows) {
		t.Errorf("%d rows, want %d", got, len(rows))
	}
	want := "<table>\n<tr><td>Apple<td>&lt;b&gt;red&lt;/b&gt;\n<tr><td>Banana<td>1 &lt; 2 &gt; 0\n"
	if !strings.Contains(page, want) {
		t.Errorf("got %s, want in it %s", page, want)
	}
}
