package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serveSite runs wizgy with args in this process until the test ends, and returns its URL.
func serveSite(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(&program{ctx: ctx, stdout: in, stderr: io.Discard}, append(args, "--addr", "127.0.0.1:0"))
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if status := <-ended; status != 0 {
			t.Errorf("wizgy ended with status %d", status)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	if err != nil || !ok {
		t.Fatalf("wizgy said %q, %v", line, err)
	}
	return strings.TrimSuffix(url, "/")
}

// browse opens a URL in a real browser and returns the page as the browser has it, after its
// scripts have run. The test is skipped where there is no Chromium.
func browse(t *testing.T, url string) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("TEST_ALL") != "" {
			t.Fatal("TEST_ALL is set and there is no chromium")
		}
		t.Skip("there is no chromium here")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=2000", "--dump-dom", url)
	cmd.WaitDelay = 10 * time.Second
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(dom)
}

func TestBrowserShowsWhereAPageFailed(t *testing.T) {
	site := t.TempDir()
	if err := os.Mkdir(filepath.Join(site, "apps"), 0o755); err != nil {
		t.Fatal(err)
	}
	page := "interface E { a: string }\nexport function application(environ: E, start_response: Function) {\n  throw new Error('<b>broken</b>');\n}\n"
	if err := os.WriteFile(filepath.Join(site, "apps", "page.ts"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, serveSite(t, "dev", site)+"/page")
	for _, want := range []string{"apps/page.ts:3:9", "&lt;b&gt;broken&lt;/b&gt;", "&gt; 3 |   throw new Error", "at application"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the browser does not show %q:\n%s", want, dom)
		}
	}
}

func TestBrowserShowsTheDefaultSite(t *testing.T) {
	url := serveSite(t, "serve", filepath.Join("..", ".."))
	dom := browse(t, url+"/")
	for _, want := range []string{"Save a file", "200 OK"} { // the second is what a script asked the page /ctime
		if !strings.Contains(dom, want) {
			t.Errorf("the start page has no %q:\n%s", want, dom)
		}
	}
	if dom := browse(t, url+"/chinese"); !strings.Contains(dom, "你好") {
		t.Errorf("the page in Chinese is shown as\n%s", dom)
	}
}
