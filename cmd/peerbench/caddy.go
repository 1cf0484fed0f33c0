//go:build linux

package main

import (
	"context"
	"path/filepath"
)

func caddyPeers() []*peer {
	return []*peer{{
		name: "caddy", about: "file_server", from: "Debian: caddy",
		lacks: lacking("has no pages", pages...), edit: fileEdit, find: findProgram("caddy", "version", launchCaddy),
	}}
}

func launchCaddy(_ context.Context, r *room, path string) ([]command, error) {
	if err := r.render("", "caddy/Caddyfile"); err != nil {
		return nil, err
	}
	c := r.command(path, "run", "--config", filepath.Join(r.Dir, "Caddyfile"), "--adapter", "caddyfile")
	c.env = []string{"HOME=" + r.Dir, "XDG_CONFIG_HOME=" + r.Dir, "XDG_DATA_HOME=" + r.Dir}
	return []command{c}, nil
}
