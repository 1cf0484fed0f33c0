//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// launched is a wizgy that a test has started as a service manager would.
type launched struct {
	t   *testing.T
	cmd *exec.Cmd
	log string // file
	url string
}

// launch runs wizgy on a site with one page. The shell text is run first, in the same process.
func launch(t *testing.T, shell string, prepare func(*exec.Cmd), args ...string) *launched {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "wizgy") // by its name it knows what to be
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "html"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "html", "index.html"), []byte("hi"), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", shell + ` exec "$0" "$@"`, program, "serve", dir, "--log", "text", "--max-memory", "0"}, args...)...)
	cmd.Env, cmd.Stderr = append(os.Environ(), "GORACE=atexit_sleep_ms=0"), log
	prepare(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("this system does not let the test start a process so: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	l := &launched{t: t, cmd: cmd, log: log.Name()}
	line, _ := bufio.NewReader(out).ReadString('\n')
	_, l.url, _ = strings.Cut(strings.TrimSpace(line), " at ")
	if l.url == "" {
		t.Fatalf("it said %q\n%s", line, l.logged())
	}
	return l
}

func (l *launched) logged() string {
	text, _ := os.ReadFile(l.log)
	return string(text)
}

func (l *launched) get() {
	l.t.Helper()
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(must(http.NewRequest("GET", l.url, nil)))
	if err != nil {
		l.t.Fatalf("%v\n%s", err, l.logged())
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "hi" {
		l.t.Errorf("got %q", body)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ends sends a signal and expects an exit status.
func (l *launched) ends(sig syscall.Signal, want int) {
	l.t.Helper()
	if err := l.cmd.Process.Signal(sig); err != nil {
		l.t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = l.cmd.Process.Kill() })
	defer timer.Stop()
	_ = l.cmd.Wait()
	if got := l.cmd.ProcessState.ExitCode(); got != want {
		l.t.Errorf("it ended with %v, want exit status %d\n%s", l.cmd.ProcessState, want, l.logged())
	}
}

// TestServiceManagerIsTold plays systemd, for Type=notify with a watchdog.
func TestServiceManagerIsTold(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	hears := func(l *launched, want ...string) {
		t.Helper()
		_ = manager.SetReadDeadline(time.Now().Add(patience))
		for buf := make([]byte, 1<<12); ; {
			n, err := manager.Read(buf)
			if err != nil {
				t.Fatalf("it never said %q: %v\n%s", want, err, l.logged())
			}
			all := true
			for _, text := range want {
				all = all && strings.Contains("\n"+string(buf[:n]), "\n"+text)
			}
			if all {
				return
			}
		}
	}
	l := launch(t, "WATCHDOG_PID=$$; export WATCHDOG_PID;", func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=1000000")
	}, "--addr", "127.0.0.1:0")
	hears(l, "READY=1", "STATUS=serving, by process ")
	hears(l, "WATCHDOG=1")
	l.get()
	_ = l.cmd.Process.Signal(syscall.SIGHUP)
	hears(l, "RELOADING=1", "MONOTONIC_USEC=")
	hears(l, "READY=1")
	l.ends(syscall.SIGTERM, 0)
	hears(l, "STOPPING=1")
}

// TestSocketsOfServiceManager plays systemd, for socket activation: the addresses are those of the
// sockets, whatever --addr says.
func TestSocketsOfServiceManager(t *testing.T) {
	t.Parallel()
	var files []*os.File
	var urls []string
	for range 2 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		file, err := ln.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files, urls = append(files, file), append(urls, fmt.Sprintf("http://%s/", ln.Addr()))
	}
	for _, args := range [][]string{{"--addr", "127.0.0.1:1"}, {"--addr", "127.0.0.1:1", "--no-supervisor"}} {
		l := launch(t, "LISTEN_PID=$$; LISTEN_FDS=2; export LISTEN_PID LISTEN_FDS;", func(cmd *exec.Cmd) {
			cmd.ExtraFiles = files
		}, args...)
		if want := strings.Join(urls, " and "); l.url != want {
			t.Errorf("it serves at %s, want %s", l.url, want)
		}
		for _, l.url = range urls {
			l.get()
		}
		l.ends(syscall.SIGTERM, 0)
	}
}

// TestUnixSocketOfServiceManager is the same for ListenStream=/run/wizgy.sock: the file is the manager's.
func TestUnixSocketOfServiceManager(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "socket")
	ln, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	file, err := ln.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, args := range [][]string{{"--addr", "unix:" + name}, {"--no-supervisor"}} {
		l := launch(t, "LISTEN_PID=$$; LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS;", func(cmd *exec.Cmd) {
			cmd.ExtraFiles = []*os.File{file}
		}, args...)
		if want := "unix:" + name; l.url != want {
			t.Errorf("it serves at %s, want %s", l.url, want)
		}
		conn, err := net.Dial("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if answer, _ := io.ReadAll(conn); !strings.HasSuffix(string(answer), "\r\n\r\nhi") {
			t.Errorf("got %q", answer)
		}
		_ = conn.Close()
		l.ends(syscall.SIGTERM, 0)
		if _, err := os.Stat(name); err != nil {
			t.Errorf("the socket of the service manager is gone: %v", err)
		}
	}
}

// TestProcess1 runs wizgy as the first process of a namespace, which is what a container has.
func TestProcess1(t *testing.T) {
	t.Parallel()
	first := func(shell string) *launched {
		return launch(t, shell, func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
			if os.Getuid() != 0 {
				cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			}
		}, "--addr", "127.0.0.1:0")
	}
	// The inner shells end at once, and what they have started is left to process 1.
	l := first(`test $$ = 1 || exit 9; sh -c 'sleep 0.1 &'; sh -c 'sleep 0.2 &';`)
	l.get()
	_ = l.cmd.Process.Signal(syscall.SIGHUP)
	if !poll(func() bool { return strings.Contains(l.logged(), "a new worker serves") }) {
		t.Errorf("the worker was not replaced\n%s", l.logged())
	}
	if !poll(func() bool { return processes(l.cmd.Process.Pid) == 1 }) {
		t.Errorf("process 1 has %d children, want its worker only\n%s", processes(l.cmd.Process.Pid), l.logged())
	}
	l.get()
	l.ends(syscall.SIGTERM, 0)

	// It does not die of signals by itself.
	l = first("")
	hold, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(l.url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	_, _ = io.WriteString(hold, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(hold), nil); err != nil { // so it was accepted
		t.Fatal(err)
	}
	_, _ = io.WriteString(hold, "GET / HTTP/1.1\r\n") // and no more: the stop waits for it
	_ = l.cmd.Process.Signal(syscall.SIGINT)
	if !poll(func() bool { return strings.Contains(l.logged(), "stopping") }) {
		t.Errorf("it does not stop\n%s", l.logged())
	}
	l.ends(syscall.SIGINT, 128+int(syscall.SIGINT))
}

// processes counts the children of a process, those that nobody has waited for included.
func processes(of int) int {
	n := 0
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		if relativeOf(name).parent == of {
			n++
		}
	}
	return n
}
