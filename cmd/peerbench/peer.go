//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// peer is a server that can be measured.
type peer struct {
	name  string
	about string
	from  string            // what to install where it is missing
	lacks map[string]string // why it has no row for a workload
	find  func(ctx context.Context, f *finder) (*installed, error)
	edit  func(r *room) edit // what the workload edit saves; nil if lacks says why not
}

// installed is a peer that was found.
type installed struct {
	version string
	// launch writes what the server needs into its room, and says what to start, in this order.
	launch func(ctx context.Context, r *room) ([]command, error)
}

// edit is a file to save, and the path at which it is answered.
type edit struct{ file, path string }

// peers lists all that can be measured, in the order of the tables.
func peers() []*peer {
	var all []*peer
	for _, family := range [][]*peer{wizgyPeers(), goFloors(), nginxPeers(), caddyPeers(), phpPeers(), pythonPeers(), nodePeers()} {
		all = append(all, family...)
	}
	return all
}

// lacking says for several workloads why a peer has no row.
func lacking(why string, works ...string) map[string]string {
	lacks := map[string]string{}
	for _, w := range works {
		lacks[w] = why
	}
	return lacks
}

var (
	pages = []string{"json", "rows", "post"}
	files = []string{"file5k", "file1m", "notmod"}
)

// fileEdit is the edit of servers of files.
func fileEdit(r *room) edit {
	return edit{file: filepath.Join(r.HTML, editedFile), path: "/" + editedFile}
}

// errMissing means that a peer is not installed.
var errMissing = errors.New("not found")

// finder looks for programs.
type finder struct {
	npm       string   // the folder that has node_modules
	wizgy     string   // a program to measure instead of what is built from the module
	wizgyArgs []string // for wizgy, in addition
}

// program returns the path of the first of these programs that there is.
func (f *finder) program(names ...string) (string, error) {
	for _, name := range names {
		for _, place := range []string{name, filepath.Join(f.modules(), ".bin", name), "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
			if path, err := exec.LookPath(place); err == nil {
				return filepath.Abs(path)
			}
		}
	}
	return "", fmt.Errorf("%w: %s", errMissing, strings.Join(names, " or "))
}

// modules is the folder of npm's packages.
func (f *finder) modules() string { return filepath.Join(f.npm, "node_modules") }

var versionNumber = regexp.MustCompile(`\d+\.\d+(\.\d+)*`)

// version runs a program that prints its version.
func version(ctx context.Context, path string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	number := versionNumber.FindString(string(out))
	if err != nil || number == "" {
		return "", fmt.Errorf("ask %s for its version: %v: %.200q", path, err, out)
	}
	return number, nil
}

// findProgram is a find for a peer that is one program, which prints its version if run with asked.
func findProgram(name, asked string, launch func(ctx context.Context, r *room, path string) ([]command, error)) func(context.Context, *finder) (*installed, error) {
	return func(ctx context.Context, f *finder) (*installed, error) {
		path, err := f.program(name)
		if err != nil {
			return nil, err
		}
		number, err := version(ctx, path, asked)
		if err != nil {
			return nil, err
		}
		return &installed{version: number, launch: func(ctx context.Context, r *room) ([]command, error) {
			return launch(ctx, r, path)
		}}, nil
	}
}
