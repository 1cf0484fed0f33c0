package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnotherModuleUsesThisOne builds the program that README shows in a module of its own, with the
// two lines in its go.mod that README tells.
func TestAnotherModuleUsesThisOne(t *testing.T) {
	t.Parallel()
	program := readmeBlock(t, "package main")
	if shown := exampleOf(t, "html/commands.html", "package main"); strings.TrimSpace(shown) != strings.TrimSpace(program) {
		t.Error("README.md and html/commands.html show different programs")
	}
	lines := strings.ReplaceAll(readmeBlock(t, "require wizgy"), "../wizgy", repository)
	sums, err := os.ReadFile(filepath.Join(repository, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := makeSite(t, map[string]string{
		"main.go": program, "go.mod": "module example.org/site\n\ngo 1.26\n\n" + lines, "go.sum": string(sums),
	})
	cmd := exec.Command("go", "build", "-mod=mod", "-o", os.DevNull, ".") // go mod tidy would want the tests of others
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTimeZonesAreBuiltIn(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "\ntime/tzdata\n") {
		t.Error("time/tzdata is no part of wizgy")
	}
}
