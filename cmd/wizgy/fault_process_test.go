//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// servedSite is the program, with its worker, and a connection to it.
type servedSite struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan error
	dir  string
	addr string
	conn net.Conn
	in   *bufio.Reader

	started  time.Duration       // from its beginning until it served
	answered chan *http.Response // for whoever wants it
}

// runSite runs the program on a site of files. The shell text is run first, in the same process.
func runSite(t *testing.T, shell string, stderr *os.File, files map[string]string, args ...string) *servedSite {
	t.Helper()
	all := map[string]string{"apps/ok.js": okPage, "html/static.txt": "static"}
	for name, text := range files {
		all[name] = text
	}
	dir := makeSite(t, all)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "wizgy") // by its name it knows what to be
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-c", shell + ` exec "$0" "$@"`, program, "serve", dir, "--addr", "127.0.0.1:0", "--log", "text"}, args...)
	cmd := exec.Command("/bin/sh", args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), "GORACE=atexit_sleep_ms=0"), stderr
	return startSite(t, cmd, dir)
}

// startSite starts a command that serves dir.
func startSite(t *testing.T, cmd *exec.Cmd, dir string) *servedSite {
	t.Helper()
	s := &servedSite{t: t, dir: dir, cmd: cmd, done: make(chan error, 1)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	s.started = time.Since(began)
	_, url, found := strings.Cut(strings.TrimSpace(line), " at http://")
	if !found {
		t.Fatalf("the server did not start: it said %q", line)
	}
	go func() { s.done <- s.cmd.Wait() }()
	s.addr = strings.TrimSuffix(url, "/")
	s.connect()
	return s
}

// connect takes another connection for the requests that follow.
func (s *servedSite) connect() {
	s.t.Helper()
	conn, err := net.DialTimeout("tcp", s.addr, patience)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	s.conn, s.in = conn, bufio.NewReader(conn)
}

// get asks for a path, on the connection that there is.
func (s *servedSite) get(path string) (status int, body string, err error) {
	_ = s.conn.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(s.conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return 0, "", err
	}
	resp, err := http.ReadResponse(s.in, nil)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// want asks for a path and wants that body.
func (s *servedSite) want(path, want string) {
	s.t.Helper()
	if status, body, err := s.get(path); err != nil || status != 200 || body != want {
		s.t.Fatalf("GET %s: %d %q, %v; want %q", path, status, body, err, want)
	}
}

func (s *servedSite) worker() int {
	pids := children(s.cmd.Process.Pid)
	if len(pids) == 0 {
		s.t.Fatal("there is no worker")
	}
	return pids[len(pids)-1]
}

// processorTime is what a process has used of the processors. The kernel counts hundredths of a
// second.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// notBusy fails if supervisor or worker use a processor all the time although nothing is asked.
func (s *servedSite) notBusy() {
	s.t.Helper()
	for _, pid := range []int{s.cmd.Process.Pid, s.worker()} {
		const while = 500 * time.Millisecond
		var used time.Duration
		for range 5 { // it may have had something to finish
			before := processorTime(s.t, pid)
			<-time.After(while)
			if used = processorTime(s.t, pid) - before; used <= while/4 {
				break
			}
		}
		if used > while/4 {
			s.t.Errorf("process %d used a processor for %v of %v", pid, used, while)
		}
	}
}

// replaced returns how long an answer may take for which a worker must be started: limit, or more
// where the machine has so much other work that the first start took long.
func (s *servedSite) replaced(limit time.Duration) time.Duration { return max(limit, 4*s.started) }

// stop ends the program, which must end well.
func (s *servedSite) stop() {
	s.t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	case <-time.After(patience):
		s.t.Error("the program did not end")
	}
}

// Without a descriptor for another connection, those that there are are served, files that must be
// opened are a 503, and when descriptors are free again those who have waited are answered.
func TestFaultNoDescriptorsLeft(t *testing.T) {
	t.Parallel()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	const saved = `exports.application = (environ, start_response) => { start_response("200 OK", []); return ["saved"]; };`
	s := runSite(t, "ulimit -n 64;", log, map[string]string{"html/other.bin": strings.Repeat("x", 3<<20), "apps/save.js": okPage})
	s.want("/static.txt", "static")
	s.want("/ok", "ok")
	s.want("/save", "ok")
	var crowd []net.Conn
	for range 100 {
		conn, err := net.DialTimeout("tcp", s.addr, patience)
		if err != nil {
			t.Fatalf("connection %d was refused: %v", len(crowd), err)
		}
		defer conn.Close()
		crowd = append(crowd, conn)
	}
	logged := func(line string) int {
		text, _ := os.ReadFile(log.Name())
		return strings.Count(string(text), line)
	}
	if !poll(func() bool { return logged("cannot accept a connection") > 0 }) {
		t.Fatal("the log does not say that there are no descriptors")
	}
	for range 20 {
		s.want("/static.txt", "static")
		s.want("/ok", "ok")
	}
	if status, body, err := s.get("/other.bin"); err != nil || status != 503 {
		t.Errorf("a file that cannot be opened: %d %.40q, %v; want 503", status, body, err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "apps", "save.js"), []byte(saved), 0o644); err != nil {
		t.Fatal(err)
	}
	if !poll(func() bool { return logged("what has changed cannot be read") > 0 }) {
		t.Error("the log does not say that a save cannot be read")
	}
	s.notBusy()
	s.want("/ok", "ok") // no page is gone
	s.want("/save", "ok")
	if n := logged("cannot accept a connection"); n > 20 {
		t.Errorf("%d lines in the log about it", n)
	}
	last := crowd[len(crowd)-1] // which waits to be accepted
	for _, conn := range crowd[:len(crowd)-1] {
		conn.Close()
	}
	download := func(conn net.Conn) time.Duration {
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(conn, "GET /other.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		began := time.Now()
		if answer, err := io.ReadAll(conn); err != nil || len(answer) < 3<<20 {
			t.Errorf("the client got %d bytes, %v", len(answer), err)
		}
		return time.Since(began)
	}
	took := download(last)
	s.connect()
	if busy := download(s.conn); took > 2*time.Second+2*busy { // the machine may have other work
		t.Errorf("the client that waited got its answer after another %v, the next one after %v", took, busy)
	}
	s.connect()
	if !poll(func() bool { _, body, _ := s.get("/save"); return body == "saved" }) {
		t.Error("the save is not noticed when descriptors are free again")
	}
	s.stop()
}

// A log that nobody reads costs lines, and holds up neither requests nor the supervisor. The log
// says what was lost once it is read.
func TestFaultLogIsNotRead(t *testing.T) {
	t.Parallel()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	s := runSite(t, "", in, nil)
	in.Close()
	began := time.Now()
	slowest := time.Duration(0)
	for range 3000 { // 130 bytes each: more than pipe and buffers take
		asked := time.Now()
		s.want("/ok?"+strings.Repeat("x", 100), "ok")
		slowest = max(slowest, time.Since(asked))
	}
	t.Logf("3,000 requests took %v, the slowest %v", time.Since(began), slowest)
	if slowest > 3*logPatience {
		t.Errorf("a request waited for %v", slowest)
	}
	worker := s.worker()
	_ = syscall.Kill(worker, syscall.SIGKILL)
	killed := time.Now()
	s.connect()
	s.want("/ok", "ok")
	if took := time.Since(killed); took > s.replaced(2*time.Second)+logPatience {
		t.Errorf("the next answer came %v after the worker was killed", took)
	}
	for range 2000 { // the new worker loses lines as well
		s.want("/ok?"+strings.Repeat("x", 100), "ok")
	}
	s.notBusy()

	lines := make(chan string, 10000)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
	}()
	lost := regexp.MustCompile(`WARN +lines of the log were lost, because they could not be written in time lines=([1-9][0-9]*) `)
	found := ""
	for timeout := time.After(patience); found == ""; {
		select {
		case line := <-lines:
			if m := lost.FindStringSubmatch(line); m != nil {
				found = m[1]
			}
		case <-timeout:
			t.Fatal("the log does not tell that lines were lost")
		}
	}
	t.Logf("%s lines were lost", found)
	s.want("/ok?after", "ok")
	s.stop()
	after := false
	for line := range lines {
		after = after || strings.Contains(line, "path=/ok") && strings.Contains(line, "request=")
	}
	if !after {
		t.Error("what was logged afterwards did not come")
	}
}

// With a full disk there is no log, and all else goes on.
func TestFaultDiskIsFull(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	s := runSite(t, "", full, nil)
	for range 300 {
		s.want("/ok", "ok")
		s.want("/static.txt", "static")
	}
	_ = syscall.Kill(s.worker(), syscall.SIGKILL)
	s.connect()
	s.want("/ok", "ok")
	s.notBusy()
	s.stop()
}

// When what reads the log has ended, the program goes on.
func TestFaultLogReaderHasEnded(t *testing.T) {
	t.Parallel()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := runSite(t, "", in, nil)
	in.Close()
	out.Close()
	s.want("/ok", "ok")
	worker := s.worker()
	_ = syscall.Kill(worker, syscall.SIGKILL) // of which the supervisor writes
	s.connect()
	s.want("/ok", "ok")
	if !poll(func() bool { pids := children(s.cmd.Process.Pid); return len(pids) == 1 && pids[0] != worker }) {
		t.Error("the supervisor has ended, or has started no worker")
	}
	s.want("/ok", "ok")
	s.stop()
}
