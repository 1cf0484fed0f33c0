package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// nginxSites are what a server of nginx has in front of wizgy: the example of the documentation,
// which is put in, and a prefix that is taken off the path.
const nginxSites = `
daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  server {
    listen 127.0.0.1:%[2]d;
    listen 127.0.0.1:%[3]d ssl;
    ssl_certificate %[1]s/site.pem;
    ssl_certificate_key %[1]s/site.key;
    %[4]s
    location /app/ {
      proxy_pass http://unix:%[1]s/w.sock:/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Prefix /app;
    }
    location /plain/ {
      proxy_pass http://unix:%[1]s/w.sock:/;
    }
  }
}
`

// behindNginx serves a site through nginx, and returns the URLs of that.
func behindNginx(t *testing.T, site string, args ...string) (plain, secure string) {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if os.Getenv("TEST_ALL") != "" {
			t.Fatal("TEST_ALL is set and there is no nginx")
		}
		t.Skip("there is no nginx here")
	}
	dir, err := os.MkdirTemp("", "wizgy") // short, for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	serveSite(t, append([]string{"serve", site, "--addr", "unix:" + filepath.Join(dir, "w.sock")}, args...)...)
	cert, key, err := selfSigned("site", false)
	if err != nil {
		t.Fatal(err)
	}
	location := exampleOf(t, "html/commands.html", "location / {")
	location = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).ReplaceAllString(location, "http://unix:"+dir+"/w.sock")
	ports := freePorts(t, 2)
	for name, text := range map[string]string{
		"site.pem": string(cert), "site.key": string(key), "nginx.conf": fmt.Sprintf(nginxSites, dir, ports[0], ports[1], location),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	cmd := exec.Command(nginx, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"))
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	plain, secure = fmt.Sprintf("http://127.0.0.1:%d", ports[0]), fmt.Sprintf("https://127.0.0.1:%d", ports[1])
	if !poll(func() bool {
		conn, err := net.Dial("tcp", plain[len("http://"):])
		return err == nil && conn.Close() == nil
	}) {
		t.Fatalf("nginx does not listen\n%s", &log)
	}
	return plain, secure
}

// freePorts returns ports that nobody listens at.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		ports = append(ports, ln.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

var nginxSite = map[string]string{
	"apps/who.js": `export function application(e, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return [[e.REMOTE_ADDR, e["wsgi.url_scheme"], e.HTTPS ?? "off", e.HTTP_HOST, e.SERVER_NAME, e.SERVER_PORT].join(" ")];
}`,
	"apps/folder/index.js":  `export function application(e, start_response) { start_response("200 OK", []); return ["folder"]; }`,
	"html/files/index.html": "files",
	"wizgy.toml":            `redirect = ["/old /new"]`,
}

func TestBehindNginx(t *testing.T) {
	t.Parallel()
	plain, secure := behindNginx(t, makeSite(t, nginxSite), "--trust-proxy", "unix")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	get := func(url string, headers ...string) (body, end string) {
		t.Helper()
		r := must(http.NewRequest("GET", url, nil))
		for _, header := range headers {
			name, value, _ := strings.Cut(header, ": ")
			r.Header.Add(name, value)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return string(text), resp.Request.URL.String()
	}
	lies := []string{
		"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: gopher", "X-Forwarded-Host: evil.example", "X-Forwarded-Port: 1",
		"X-Forwarded-Prefix: //evil.example", `Forwarded: for=192.0.2.1;proto=https;host="evil.example"`, "Forwarded: \"",
	}
	for _, base := range []string{plain, secure} {
		scheme, host, _ := strings.Cut(base, "://")
		name, port, _ := strings.Cut(host, ":")
		want := strings.Join([]string{name, scheme, map[string]string{"http": "off", "https": "on"}[scheme], host, name, port}, " ")
		for _, headers := range [][]string{nil, lies} {
			if got, _ := get(base+"/who", headers...); got != want {
				t.Errorf("%s/who with %q: %q, want %q", base, headers, got, want)
			}
		}
		for from, to := range map[string]string{
			"/folder": "/folder/", "/files?x=1": "/files/?x=1", "/old": "/new",
			"/app/folder": "/app/folder/", "/app/files?x=1": "/app/files/?x=1", "/app/old": "/app/new", "/plain/folder": "/plain/folder/", "/plain/files": "/plain/files/",
		} {
			if _, got := get(base + from); got != base+to {
				t.Errorf("%s%s ends at %s, want %s%s", base, from, got, base, to)
			}
		}
	}
}

func TestBehindNginxThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	plain, _ := behindNginx(t, makeSite(t, nginxSite))
	resp, err := http.Get(plain + "/who")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, _ := io.ReadAll(resp.Body); !strings.HasPrefix(string(got), "unix http off 127.0.0.1 127.0.0.1 ") {
		t.Errorf("a page sees %q", got)
	}
}
