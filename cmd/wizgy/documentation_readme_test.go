package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestReadmeCommands runs the commands of README in their order, as whoever has just cloned this
// repository would: in a copy of its site. The program is built where the packages are built already.
// Servers take a free port, and answer.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	clone := t.TempDir()
	for _, half := range []string{"html", "apps"} {
		if err := os.CopyFS(filepath.Join(clone, half), os.DirFS(filepath.Join(repository, half))); err != nil {
			t.Fatal(err)
		}
	}
	ran := 0
	for _, b := range readmeBlocks(t) {
		switch {
		case b.kind == "js", b.kind == "go", strings.HasPrefix(b.text, "require wizgy"): // below, and in TestAnotherModuleUsesThisOne
			continue
		case b.kind == "":
			tryUsage(t, b.text)
			continue
		case b.kind != "sh":
			t.Errorf("README has an example that nothing tries: %s", b.text)
			continue
		}
		for line := range strings.Lines(b.text) {
			command, comment, _ := strings.Cut(strings.TrimSpace(line), " #")
			runReadmeCommand(t, clone, strings.TrimSpace(command), comment)
			ran++
		}
	}
	if ran < 4 {
		t.Errorf("README has %d commands", ran)
	}
	hello, err := os.ReadFile(filepath.Join(clone, "site", "apps", "hello.js"))
	if shown := readmeBlock(t, "export function application"); string(hello) != shown {
		t.Errorf("README shows another page than wizgy new makes: %v\n%s", err, shown)
	}
}

var addressInComment = regexp.MustCompile(`http://127\.0\.0\.1:8000(/[^ ,:]*)`)

func runReadmeCommand(t *testing.T, dir, command, comment string) {
	t.Helper()
	if program, ok := strings.CutPrefix(command, "go build ./"); ok {
		command = "go build -C " + repository + " -o " + dir + " ./" + program
	}
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "WIZGY_ADDR=127.0.0.1:0")
	var log strings.Builder
	cmd.Stderr = &log
	target := addressInComment.FindStringSubmatch(comment)
	if target == nil {
		if out, err := cmd.Output(); err != nil {
			t.Errorf("%s: %v\n%s%s", command, err, out, &log)
		}
		return
	}
	out := must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	if ok {
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(must(http.NewRequest("GET", strings.TrimSuffix(url, "/")+target[1], nil)))
		if err != nil {
			t.Errorf("%s: %v", command, err)
		} else {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %s is answered with %s", command, target[1], resp.Status)
			}
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil || !ok {
		t.Errorf("%s said %q, and ended with %v\n%s", command, line, err, &log)
	}
}

// TestFlagsOfTheDocumentation looks whether each flag that README and /commands have in their tables is
// there, and whether they leave one out.
func TestFlagsOfTheDocumentation(t *testing.T) {
	t.Parallel()
	var o struct {
		listenFlags
		options
		Config string
	}
	flags := optionFlags(&o)
	for file, row := range map[string]string{"README.md": "(?m)^\\| (`-.*?`) \\|", "html/commands.html": `(?s)<th scope="row">(<code>--?[a-z].*?)</th>`} {
		content, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(row).FindAllStringSubmatch(string(content), -1) {
			for _, name := range regexp.MustCompile(`--([a-z][a-z0-9-]*)`).FindAllStringSubmatch(m[1], -1) {
				if flags[name[1]] == nil && name[1] != "no-get" { // which is of check
					t.Errorf("%s has --%s, which there is not", file, name[1])
				}
			}
		}
		for name := range flags {
			if !strings.Contains(string(content), "--"+name) && name != "port" { // which is there as -p
				t.Errorf("%s has no --%s", file, name)
			}
		}
	}
}
