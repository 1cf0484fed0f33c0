//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func nginxPeers() []*peer {
	njs := lacking("as nginx", files...)
	njs["edit"] = "needs a reload"
	withoutPages := lacking("has no pages", pages...)
	cached := lacking("has no pages", append(pages, "hello")...)
	return []*peer{
		{
			name: "nginx", about: "as it comes", from: "Debian: nginx",
			lacks: withoutPages, edit: fileEdit, find: findNginx(nil, "nginx/plain.conf"),
		},
		{
			name: "nginx-cache", about: "with open_file_cache", from: "Debian: nginx",
			lacks: cached, edit: fileEdit, find: findNginx(nil, "nginx/cache.conf"),
		},
		{
			name: "nginx-njs", about: "pages in njs", from: "Debian: nginx and libnginx-mod-http-js",
			lacks: njs, find: findNginx([]string{"ngx_http_js_module.so"}, "nginx/njs.conf", "nginx/pages.js"),
		},
		{
			name: "nginx-lua", about: "pages in LuaJIT", from: "Debian: nginx and libnginx-mod-http-lua",
			lacks: njs, find: findNginx([]string{"ndk_http_module.so", "ngx_http_lua_module.so"}, "nginx/lua.conf", "nginx/pages.lua"),
		},
	}
}

// findNginx finds nginx with modules; sources are the configuration and what it needs.
func findNginx(modules []string, sources ...string) func(context.Context, *finder) (*installed, error) {
	return func(ctx context.Context, f *finder) (*installed, error) {
		path, err := f.program("nginx")
		if err != nil {
			return nil, err
		}
		number, load, err := nginxModules(ctx, path, modules)
		if err != nil {
			return nil, err
		}
		return &installed{version: number, launch: func(_ context.Context, r *room) ([]command, error) {
			return launchNginx(r, path, load, sources...)
		}}, nil
	}
}

func launchNginx(r *room, path, load string, sources ...string) ([]command, error) {
	r.Var["modules"] = load
	if err := r.render("", sources...); err != nil {
		return nil, err
	}
	settings := filepath.Join(r.Dir, filepath.Base(sources[0]))
	return []command{r.command(path, "-p", r.Dir, "-e", "stderr", "-c", settings)}, nil
}

var modulesPath = regexp.MustCompile(`--modules-path=(\S+)`)

// nginxModules returns nginx's version, and the lines of configuration that load modules.
func nginxModules(ctx context.Context, path string, modules []string) (number, load string, err error) {
	out, err := exec.CommandContext(ctx, path, "-V").CombinedOutput()
	if err != nil {
		return "", "", fmt.Errorf("ask %s for its version: %w: %.200q", path, err, out)
	}
	folder := ""
	if match := modulesPath.FindSubmatch(out); match != nil {
		folder = string(match[1])
	}
	var lines strings.Builder
	for _, m := range modules {
		file := filepath.Join(folder, m)
		if _, err := os.Stat(file); err != nil {
			return "", "", fmt.Errorf("%w: nginx's module %s", errMissing, m)
		}
		fmt.Fprintf(&lines, "load_module %s;\n", file)
	}
	return versionNumber.FindString(string(out)), lines.String(), nil
}
