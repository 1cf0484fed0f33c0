package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestShellExamples runs the commands that the documentation shows after a $, and compares what they
// say. The sites are in testdata/documentation.txtar.
func TestShellExamples(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(repository, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range pages {
		for _, e := range examplesOf(t, "html/"+filepath.Base(page)) {
			site, ok := strings.CutPrefix(e.kind, "shell:")
			if !ok {
				continue
			}
			for part := range strings.SplitSeq("\n"+e.text, "\n$ ") {
				if command, want, _ := strings.Cut(part, "\n"); command != "" {
					ran++
					t.Run(filepath.Base(page)+"/"+command, func(t *testing.T) {
						t.Parallel()
						tryShell(t, exampleFolder(t, site), command, want)
					})
				}
			}
		}
	}
	if ran == 0 {
		t.Error("the documentation has no commands")
	}
}

// exampleFolder returns a folder with the site mysite.
func exampleFolder(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "documentation.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		if file, ok := strings.CutPrefix(f.Name, name+"/"); ok {
			files[file] = string(f.Data)
		}
	}
	if len(files) == 0 {
		t.Fatalf("testdata/documentation.txtar has no %s", name)
	}
	return makeSite(t, files)
}

// tryShell runs a command, with a free port for the one that it names.
func tryShell(t *testing.T, dir, command, want string) {
	t.Helper()
	self := must(os.Executable())
	program := filepath.Join(t.TempDir(), "wizgy") // by its name it knows what to be
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	args := fields(portInText.ReplaceAllString(command, "127.0.0.1:0"))
	cmd := exec.Command(program, args[1:]...)
	addr := "127.0.0.1:0"
	if strings.Contains(want, "is in use") {
		busy := must(net.Listen("tcp", addr))
		defer busy.Close()
		addr = busy.Addr().String()
	}
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "WIZGY_ADDR="+addr, "GORACE=atexit_sleep_ms=0")
	said := cmd.CombinedOutput
	if strings.HasPrefix(want, "wizgy serves") {
		said = func() ([]byte, error) { return firstLine(cmd) }
	}
	got, _ := said()
	if got, want := normal(string(got)), normal(want); got != want {
		t.Errorf("%s says\n%s\nand the documentation has\n%s", command, got, want)
	}
}

// firstLine starts a server, and ends it when it has said something.
func firstLine(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	return line, err
}

var (
	portInText   = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	folderInText = regexp.MustCompile(`serves (\(dev\) )?\S+/mysite`)
)

// normal leaves out what differs from machine to machine.
func normal(said string) string {
	said = portInText.ReplaceAllString(said, "127.0.0.1:8000")
	said = folderInText.ReplaceAllString(said, "serves ${1}mysite")
	return strings.TrimSpace(said)
}

// TestStartPageExamples looks whether the page that the start page shows answers as is shown there, in
// the morning, and whether the error looks so.
func TestStartPageExamples(t *testing.T) {
	t.Parallel()
	page := exampleOf(t, "html/index.html", "export function application")
	const morning = "; Date.prototype.getHours = () => 9;"
	site := makeSite(t, map[string]string{
		"apps/hello.js":  page + morning,
		"apps/broken.js": strings.Replace(page, `"200 OK"`, `"OK"`, 1),
	})
	url := serveSite(t, "dev", site)
	_, head, body := documented(t, strings.Replace(url, "127.0.0.1", "localhost", 1)+"/hello")
	want := exampleOf(t, "html/index.html", "HTTP/1.1 200 OK")
	if got := fmt.Sprintf("HTTP/1.1 200 OK\nContent-Length: %s\nContent-Type: %s\n\n%s", head.Get("Content-Length"), head.Get("Content-Type"), body); got != want {
		t.Errorf("it answers\n%s\nand the start page has\n%s", got, want)
	}
	_, _, shown := documented(t, url+"/broken")
	said := strings.ReplaceAll(strings.Join(strings.Fields(shown), " "), "apps/broken.js", "apps/hello.js")
	for line := range strings.Lines(exampleOf(t, "html/index.html", "apps/hello.js:5:3")) {
		if words := strings.Join(strings.Fields(line), " "); !strings.Contains(said, words) {
			t.Errorf("the error does not have %q:\n%s", words, shown)
		}
	}
}
