//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary be what peerbench starts itself as, and what tests measure.
func TestMain(m *testing.M) {
	if runRole() {
		return
	}
	if role, ok := testRoles[os.Getenv(roleVariable)]; ok {
		role()
		return
	}
	os.Exit(m.Run())
}

// runJSON runs a command line whose output is JSON.
func runJSON(t *testing.T, args ...string) *report {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), append(args, "--json"), &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, &stdout)
	}
	return &r
}

func TestRunMeasuresWizgyBesideTheFloors(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var r *report
	for _, duration := range []string{"100ms", "1s", "5s"} { // a busy machine needs longer for a tick of processor time
		if r = runJSON(t, "--only=wizgy,net-http,fileserver,express", "--npm="+t.TempDir(),
			"--work=file5k,notmod,hello,post,edit", "--rounds=1", "--duration="+duration, "--connections=4"); measured(r) {
			break
		}
	}
	want := map[string][]string{ // the servers that answer
		"file5k": {"wizgy", "fileserver"}, "notmod": {"wizgy", "fileserver"},
		"hello": {"wizgy", "net-http"}, "post": {"wizgy", "net-http"}, "edit": {"wizgy", "fileserver"},
	}
	for _, w := range r.Works {
		var got []string
		for _, row := range w.Rows {
			if row.Void != "" {
				t.Errorf("%s of %s is void: %s", w.Name, row.Server, row.Void)
			}
			if len(row.Figures) == 0 {
				continue
			}
			got = append(got, row.Server)
			for key, s := range row.Figures {
				if s.Median <= 0 || s.Ratio == nil {
					t.Errorf("%s of %s: %s is %+v", w.Name, row.Server, key, s)
				}
			}
		}
		if !slices.Equal(got, want[w.Name]) {
			t.Errorf("%s was measured of %v, want %v", w.Name, got, want[w.Name])
		}
	}
	if len(r.Works) != len(want) {
		t.Errorf("%d workloads, want %d", len(r.Works), len(want))
	}
	missing := r.Servers[3]
	if missing.Name != "express" || missing.Missing == "" || !strings.Contains(missing.From, "npm: express") {
		t.Errorf("the peer that is missing: %+v", missing)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "peerbench-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// measured reports whether all figures are more than nothing.
func measured(r *report) bool {
	for _, w := range r.Works {
		for _, row := range w.Rows {
			for _, s := range row.Figures {
				if s.Median <= 0 {
					return false
				}
			}
		}
	}
	return true
}

func TestInstalledPeersAnswerRight(t *testing.T) {
	floors := []string{"wizgy", "wizgy-log", "net-http", "fileserver"}
	for _, p := range peers() {
		if slices.Contains(floors, p.name) {
			continue // see above
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			f := &finder{npm: os.Getenv("PEERBENCH_NPM")} // where npm has installed express, deno and bun
			if _, err := p.find(t.Context(), f); err != nil {
				if p.name == "nginx" && os.Getenv("TEST_ALL") != "" {
					t.Fatalf("%v: install %s", err, p.from)
				}
				t.Skipf("%v: install %s", err, p.from)
			}
			r := runJSON(t, "--only="+p.name, "--npm="+f.npm, "--work=file*,notmod,hello,json,rows,post", "--rounds=1", "--duration=20ms", "--connections=2")
			for _, w := range r.Works {
				row := w.Rows[0]
				if p.name == "php" && w.Name == "notmod" {
					if !strings.Contains(row.Void, "neither ETag") {
						t.Errorf("notmod: got %+v, want a row void for want of a validator", row)
					}
				} else if row.Void != "" {
					t.Errorf("%s: %s", w.Name, row.Void)
				}
			}
		})
	}
}

func TestWrongCommandLinesAreExplained(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--only=apache", `there is no server "apache": there are wizgy,`},
		{"--work=hallo", `there is no workload "hallo": there are file5k,`},
		{"--only=[", "the pattern \"[\" is wrong"},
		{"--rounds=0", "--rounds must be at least 1"},
		{"--duration=1", "--help"},
		{"--duration=1ms", "--duration must be at least 10ms, such as 2s"},
		{"--only=express --npm=/nowhere", "install npm: express"},
		{"--only=wizgy --wizgy=/nowhere/wizgy", "--wizgy must name a program"},
	} {
		err := run(t.Context(), strings.Fields(tt.args), &bytes.Buffer{}, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.args, err, tt.want)
		}
	}
}

func TestListNamesServersAndWorkloads(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--list", "--npm=" + t.TempDir()}, &out, &out); err != nil {
		t.Fatal(err)
	}
	for _, p := range peers() {
		if !strings.Contains(out.String(), "\n"+p.name+" ") {
			t.Errorf("no %s in\n%s", p.name, &out)
		}
	}
	for _, w := range works() {
		if !strings.Contains(out.String(), fmt.Sprintf("\n%-8s", w.name)) {
			t.Errorf("no %s in\n%s", w.name, &out)
		}
	}
	if want := "not found: express in "; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, &out)
	}
}
