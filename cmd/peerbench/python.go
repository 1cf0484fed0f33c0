//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
)

func pythonPeers() []*peer {
	lacks := lacking("needs a restart", "edit")
	return []*peer{
		{
			name: "gunicorn", about: "WSGI in Python", from: "Debian: gunicorn",
			lacks: lacks, find: findProgram("gunicorn", "--version", launchGunicorn),
		},
		{
			name: "uwsgi", about: "WSGI in Python", from: "Debian: uwsgi and uwsgi-plugin-python3",
			lacks: lacks, find: findProgram("uwsgi", "--version", launchUWSGI),
		},
	}
}

func launchGunicorn(_ context.Context, r *room, path string) ([]command, error) {
	if err := r.render("", "python/pages.py"); err != nil {
		return nil, err
	}
	// The default worker closes each connection; threads keep them.
	return []command{r.command(path, "--bind", r.Addr, "--workers", fmt.Sprint(r.Workers),
		"--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "1", "--chdir", r.Dir, "pages:application")}, nil
}

func launchUWSGI(_ context.Context, r *room, path string) ([]command, error) {
	if err := r.render("", "python/pages.py", "python/uwsgi.ini"); err != nil {
		return nil, err
	}
	return []command{r.command(path, "--ini", filepath.Join(r.Dir, "uwsgi.ini"))}, nil
}
