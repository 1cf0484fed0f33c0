//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func nodePeers() []*peer {
	lacks := lacking("needs a restart", "edit")
	return []*peer{
		{
			name: "node", about: "node:http", from: "Debian: nodejs",
			lacks: lacks, find: findProgram("node", "--version", launchScript("js/node.mjs")),
		},
		{
			name: "express", about: "Express on Node", from: "npm: express, in a folder for --npm; Debian: nodejs",
			lacks: lacks, find: findExpress,
		},
		{
			name: "deno", about: "Deno.serve", from: "npm: deno, in a folder for --npm",
			lacks: lacks, find: findProgram("deno", "--version", launchScript("js/deno.mjs", "run", "--allow-all", "--no-config")),
		},
		{
			name: "bun", about: "Bun.serve", from: "npm: bun, in a folder for --npm",
			lacks: lacks, find: findProgram("bun", "--version", launchScript("js/bun.mjs")),
		},
	}
}

// launchScript runs a source with these arguments before it.
func launchScript(source string, args ...string) func(context.Context, *room, string) ([]command, error) {
	return func(_ context.Context, r *room, path string) ([]command, error) {
		if err := r.render("", source, "js/pages.mjs"); err != nil {
			return nil, err
		}
		c := r.command(path, append(args[:len(args):len(args)], filepath.Join(r.Dir, filepath.Base(source)))...)
		c.env = []string{"NODE_ENV=production", "DENO_DIR=" + r.Dir, "DENO_NO_UPDATE_CHECK=1"}
		return []command{c}, nil
	}
}

// findExpress finds Node and, in npm's folder, Express.
func findExpress(_ context.Context, f *finder) (*installed, error) {
	node, err := f.program("node")
	if err != nil {
		return nil, err
	}
	modules, err := filepath.Abs(f.modules())
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(modules, "express", "package.json"))
	if err != nil {
		return nil, fmt.Errorf("%w: express in %s", errMissing, f.modules())
	}
	var about struct{ Version string }
	if err := json.Unmarshal(text, &about); err != nil {
		return nil, fmt.Errorf("read the version of express: %w", err)
	}
	launch := launchScript("js/express.mjs")
	return &installed{version: about.Version, launch: func(ctx context.Context, r *room) ([]command, error) {
		r.Var["modules"] = modules + "/"
		return launch(ctx, r, node)
	}}, nil
}
