package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site makes a site of files, by their names, and returns its folder.
func makeSite(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// empty is a page that answers nothing.
const empty = `exports.application = (environ, start_response) => { start_response("200 OK", []); return []; };`

func TestRunReturnsExitStatus(t *testing.T) {
	t.Parallel()
	good := makeSite(t, map[string]string{"apps/page.js": empty})
	bad := makeSite(t, map[string]string{"apps/page.js": "function"})
	tests := []struct {
		name   string
		args   []string
		status int
		stdout string
		stderr string
	}{
		{"help", []string{"--help"}, 0, "Usage: wizgy <command>", ""},
		{"help of a command", []string{"check", "--help"}, 0, "Usage: wizgy check [<site>]", ""},
		{"version", []string{"--version"}, 0, "wizgy ", ""},
		{"good site", []string{"check", good}, 0, "1 page, 0 errors, 0 warnings\n", ""},
		{"bad site", []string{"check", bad}, 1, "1 page, 1 error, 0 warnings\n", ""},
		{"routes of a bad site", []string{"routes", bad}, 0, "/page   apps/page.js\n", ""},
		{"no site", []string{"check", filepath.Join(good, "nosuch")}, 1, "", "wizgy: there is no folder "},
		{"no site, at once", []string{filepath.Join(good, "nosuch")}, 1, "", "wizgy: there is no folder "},
		{"unknown flag", []string{"routes", "--all"}, 2, "", "wizgy: unknown flag --all"},
		{"too many arguments", []string{"check", good, bad}, 2, "", "wizgy: unexpected argument"},
		{"wrong value", []string{"check", "--timeout", "1"}, 2, "", "wizgy: --timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			status := run(&program{ctx: t.Context(), stdout: &stdout, stderr: &stderr}, test.args)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, out := range []struct{ name, got, want string }{
				{"stdout", stdout.String(), test.stdout}, {"stderr", stderr.String(), test.stderr},
			} {
				if !strings.Contains(out.got, out.want) || out.want == "" && out.got != "" {
					t.Errorf("%s is %q, want %q", out.name, out.got, out.want)
				}
			}
			if n := strings.Count(stderr.String(), "\n"); n > 1 {
				t.Errorf("%d lines on stderr, want one sentence:\n%s", n, &stderr)
			}
		})
	}
}

func TestURLsForPeople(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		addr net.Addr
		want string
	}{
		{"loopback", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000}, "http://127.0.0.1:8000/"},
		{"another address", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}, "http://192.0.2.1:80/"},
		{"every address", &net.TCPAddr{IP: net.IPv4zero, Port: 8000}, "http://localhost:8000/"},
		{"every address, IPv6", &net.TCPAddr{IP: net.IPv6zero, Port: 8000}, "http://localhost:8000/"},
		{"IPv6", &net.TCPAddr{IP: net.IPv6loopback, Port: 8000}, "http://[::1]:8000/"},
		{"Unix socket", &net.UnixAddr{Name: "/tmp/socket"}, "unix:/tmp/socket"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := new(options).urlOf(test.addr); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestOptionsValidateAddress(t *testing.T) {
	t.Parallel()
	for addr, good := range map[string]bool{
		"127.0.0.1:8000": true, ":8000": true, "localhost:0": true, "[::1]:80": true, "localhost:http": true,
		"": false, "localhost": false, "localhost:": false, "::1": false, "localhost:65536": false,
		"unix:/run/wizgy.sock": true, "unix:w.sock": true, "unix:": false, "unix:/run/": false, "unix:@x": false, "/run/wizgy.sock": false,
		"localhost:-1": false, "localhost:nosuchservice": false, "http://localhost:80": false,
	} {
		f := options{Addr: commas[address]{address(addr)}, Timeout: 1, StopTimeout: 1, Runtimes: 1, MaxHeader: 32 << 10,
			MaxURI: 8 << 10, MaxHeaderFields: 100, DrainTimeout: 1, MaxRuntimes: 1, MaxDepth: 2000,
			BodyMemory: 64 << 10, BodySpool: 1 << 30, BodyShare: 1 << 28}
		if err := f.Validate(); (err == nil) != good {
			t.Errorf("%q: %v, want it accepted: %v", addr, err, good)
		}
	}
}
