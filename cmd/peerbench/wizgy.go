//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// baseline is the peer that ratios refer to.
const baseline = "wizgy"

func wizgyPeers() []*peer {
	const from = "go (https://go.dev/dl/), or a wizgy that is built already: --wizgy PATH"
	page := func(r *room) edit {
		return edit{file: filepath.Join(r.Dir, "site", "apps", "edited.js"), path: "/edited"}
	}
	return []*peer{
		{name: baseline, about: "this module, no access log", from: from, edit: page, find: findWizgy("--no-access-log")},
		{name: "wizgy-log", about: "this module, access log to a file", from: from, edit: page, find: findWizgy()},
	}
}

// findWizgy finds what wizgy is built with, or the wizgy that is built already.
func findWizgy(flags ...string) func(context.Context, *finder) (*installed, error) {
	return func(ctx context.Context, f *finder) (*installed, error) {
		version := "built here, " + runtime.Version()
		if f.wizgy != "" {
			path, err := filepath.Abs(f.wizgy)
			if err == nil {
				_, err = os.Stat(path)
			}
			if err != nil {
				return nil, fmt.Errorf("--wizgy must name a program: %w", err)
			}
			version, f.wizgy = f.wizgy, path
		} else if _, err := f.program("go"); err != nil {
			return nil, err
		}
		return &installed{version: version, launch: func(ctx context.Context, r *room) ([]command, error) {
			return launchWizgy(ctx, r, f, flags)
		}}, nil
	}
}

func launchWizgy(ctx context.Context, r *room, f *finder, flags []string) ([]command, error) {
	program := f.wizgy
	if program == "" {
		program = filepath.Join(r.site.dir, "bin", "wizgy")
		if err := buildWizgy(ctx, program); err != nil {
			return nil, err
		}
	}
	err := r.render("site/apps", "wizgy/hello.js", "wizgy/json.js", "wizgy/rows.js", "wizgy/echo.js", "wizgy/edited.js")
	if err != nil {
		return nil, err
	}
	home := filepath.Join(r.Dir, "site")
	if err := os.CopyFS(filepath.Join(home, "html"), os.DirFS(r.HTML)); err != nil {
		return nil, fmt.Errorf("copy the files for wizgy: %w", err)
	}
	args := append([]string{"serve", home, "--addr", r.Addr}, flags...)
	return []command{r.command(program, append(args, f.wizgyArgs...)...)}, nil
}

// buildWizgy builds cmd/wizgy of the module, unless that has been done.
func buildWizgy(ctx context.Context, program string) error {
	if _, err := os.Stat(program); err == nil {
		return nil
	}
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "wizgy/cmd/wizgy").CombinedOutput()
	if err != nil && strings.Contains(string(out), "is not in std") {
		return errors.New("cannot build wizgy: run peerbench in a folder of the module, or name a program with --wizgy PATH")
	}
	if err != nil {
		return fmt.Errorf("build wizgy: %w\n%s", err, out)
	}
	return nil
}
