//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// versioned is a page of 200 KB, each beginning of which is a page, too.
func versioned(n int) string {
	return `let version = "half";
export const application = (environ, start_response) => { start_response("200 OK", []); return [version]; };
` + strings.Repeat("// padding\n", 200<<10/11) + fmt.Sprintf("version = \"%d\";\n", n)
}

// serveAsNobody runs the program as a user that owns none of the files.
func serveAsNobody(t *testing.T, files map[string]string) *servedSite {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can run the server as another user than the owner of the files")
	}
	dir, bin := makeSite(t, files), t.TempDir()
	for _, d := range []string{dir, bin} {
		if err := os.Chmod(filepath.Dir(d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(bin, "wizgy") // a copy: the test's own lies in a folder that is closed to others
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "serve", dir, "--addr", "127.0.0.1:0", "--log", "text", "--no-access-log")
	cmd.Env, cmd.Stderr = []string{"GORACE=atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH"), "TMPDIR=/tmp"}, t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return startSite(t, cmd, dir)
}

// Whoever owns the files: nobody sees half of a page or a file that comes in 20 pieces, 50 ms apart.
func TestFaultFilesOfAnotherUserAreNeverSeenHalf(t *testing.T) {
	t.Parallel()
	whole := map[string]func(n int) (file, answer string){
		"/page":      func(n int) (string, string) { return versioned(n), fmt.Sprint(n) },
		"/small.txt": func(n int) (string, string) { s := strings.Repeat(fmt.Sprintln(n), 100<<10); return s, s },
		"/large.bin": func(n int) (string, string) { s := strings.Repeat(fmt.Sprint(n), 2<<20); return s, s },
		"/new.txt":   func(n int) (string, string) { s := strings.Repeat(fmt.Sprintln(n), 100<<10); return s, s },
	}
	names := map[string]string{"/page": "apps/page.js"}
	files := map[string]string{}
	for path, of := range whole {
		if names[path] == "" {
			names[path] = "html" + path
		}
		if path != "/new.txt" {
			files[names[path]], _ = of(1)
		}
	}
	s := serveAsNobody(t, files)
	for path := range whole {
		fetchWhole(t, "http://"+s.addr+path)
	}
	done := make(chan struct{})
	var clients, writers sync.WaitGroup
	for path, of := range whole {
		clients.Go(func() {
			for asked := 0; ; asked++ {
				body, status := fetchWhole(t, "http://"+s.addr+path)
				old, now := "", ""
				_, old = of(1)
				_, now = of(2)
				if body != old && body != now && !(status == 404 && path == "/new.txt") {
					t.Errorf("%s is %d, %d bytes: %.40q", path, status, len(body), body)
				}
				select {
				case <-done:
					t.Logf("%s: %d answers", path, asked)
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
		writers.Go(func() {
			content, _ := of(2)
			if err := writeInPieces(filepath.Join(s.dir, names[path]), content, 20, 50*time.Millisecond); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	for path, of := range whole {
		_, now := of(2)
		for deadline := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
			if body, _ := fetchWhole(t, "http://"+s.addr+path); body == now {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s is still the old one", path)
			}
		}
	}
	close(done)
	clients.Wait()
	s.stop()
}

func fetchWhole(t *testing.T, url string) (body string, status int) {
	resp, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return "", 0
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil { // cut off, as a file is that changes while it is sent
		return fetchWhole(t, url)
	}
	return string(text), resp.StatusCode
}

func writeInPieces(path, content string, pieces int, pause time.Duration) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for size := len(content)/pieces + 1; content != ""; {
		n := min(size, len(content))
		if _, err := file.WriteString(content[:n]); err != nil {
			return err
		}
		content = content[n:]
		<-time.After(pause)
	}
	return file.Close()
}
