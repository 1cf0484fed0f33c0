//go:build linux

package main

import (
	"context"
	"path/filepath"
)

var phpSources = []string{"php/hello.php", "php/json.php", "php/rows.php", "php/echo.php", "php/edited.php"}

func phpPeers() []*peer {
	page := func(r *room) edit { return edit{file: filepath.Join(r.Dir, "edited.php"), path: "/edited"} }
	return []*peer{
		{
			name: "php-fpm", about: "PHP-FPM behind nginx", from: "Debian: nginx and php-fpm",
			lacks: lacking("as nginx", files...), edit: page, find: findFPM,
		},
		{
			name: "php", about: "PHP's own server", from: "Debian: php-cli",
			edit: page, find: findProgram("php", "--version", launchPHP),
		},
	}
}

// findFPM finds PHP-FPM, whose name may have a version in it, and nginx.
func findFPM(ctx context.Context, f *finder) (*installed, error) {
	names := []string{"php-fpm"}
	for _, pattern := range []string{"/usr/sbin/php-fpm*", "/usr/local/sbin/php-fpm*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	fpm, err := f.program(names...)
	if err != nil {
		return nil, err
	}
	nginx, err := f.program("nginx")
	if err != nil {
		return nil, err
	}
	number, err := version(ctx, fpm, "--version")
	if err != nil {
		return nil, err
	}
	return &installed{version: number, launch: func(_ context.Context, r *room) ([]command, error) {
		return launchFPM(r, fpm, nginx)
	}}, nil
}

func launchFPM(r *room, fpm, nginx string) ([]command, error) {
	if err := r.render("", append(phpSources, "php/fpm.conf")...); err != nil {
		return nil, err
	}
	args := []string{"--nodaemonize", "--force-stderr", "--fpm-config", filepath.Join(r.Dir, "fpm.conf")}
	if r.Root {
		args = append(args, "--allow-to-run-as-root")
	}
	workers := r.command(fpm, args...)
	workers.listens = filepath.Join(r.Dir, "fpm.sock")
	front, err := launchNginx(r, nginx, "", "nginx/php.conf")
	return append([]command{workers}, front...), err
}

func launchPHP(_ context.Context, r *room, path string) ([]command, error) {
	if err := r.render("", append(phpSources, "php/router.php")...); err != nil {
		return nil, err
	}
	return []command{r.command(path, "-q", "-S", r.Addr, "-t", r.HTML, filepath.Join(r.Dir, "router.php"))}, nil
}
