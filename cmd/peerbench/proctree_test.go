//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// testRoles are processes that tests look at.
var testRoles = map[string]func(){
	"test-burn":    burn,
	"test-reaper":  func() { reap(); tellAndWait() },
	"test-master":  master,
	"test-failing": func() { fmt.Println("first line\nno such setting: speed"); os.Exit(3) },
}

const burned = 100 * time.Millisecond

// burn uses CPU time, tells it, and waits for the end of its input.
func burn() {
	for ownCPU() < burned {
	}
	tellAndWait()
}

func tellAndWait() {
	fmt.Println("done")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// reap runs a burn, and waits for its end.
func reap() {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=test-burn")
	if err := cmd.Run(); err != nil {
		panic(err)
	}
}

// master serves at $PEERBENCH_ADDR, with a worker, and neither ends when it is asked to.
func master() {
	signal.Ignore(syscall.SIGTERM)
	if os.Getenv("PEERBENCH_ADDR") == "" {
		select {}
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PEERBENCH_ADDR=")
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	if err := os.WriteFile("worker", []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
		panic(err)
	}
	panic(servePages())
}

// startRole starts a role as a tree of its own, and waits until it says that it is done.
func startRole(t *testing.T, role string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "done\n" {
		t.Fatalf("%s: %q, %v", role, line, err)
	}
	return cmd.Process.Pid
}

func TestTreeCPUCountsTheLivingAndTheReaped(t *testing.T) {
	busy, reaper := startRole(t, "test-burn"), startRole(t, "test-reaper")
	one, err := treeCPU(busy)
	if err != nil {
		t.Fatal(err)
	}
	other, err := treeCPU(reaper)
	if err != nil {
		t.Fatal(err)
	}
	both, err := treeCPU(busy, reaper)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.Second / ticksPerSecond
	if least := burned; one < least || one > 10*least {
		t.Errorf("a busy process: %v, want a little more than %v", one, least)
	}
	if least := burned - 2*tick; other < least || other > 10*burned { // user and system time are rounded down
		t.Errorf("a process that has reaped a busy one: %v, want a little more than %v", other, least)
	}
	if both < one+other {
		t.Errorf("both: %v, want at least %v", both, one+other)
	}
}

func TestTreeCPUOfNobodyIsAnError(t *testing.T) {
	if _, err := treeCPU(1 << 30); !errors.Is(err, errNoProcess) {
		t.Errorf("got %v, want %v", err, errNoProcess)
	}
}

func TestTreeMemoryIsThatOfTheTree(t *testing.T) {
	got, err := treeMemory(startRole(t, "test-burn"))
	if err != nil {
		t.Fatal(err)
	}
	if got < 1<<20 || got > 100<<20 {
		t.Errorf("%d bytes, want some megabytes", got)
	}
}

func TestParseStatSkipsTheName(t *testing.T) {
	text := "12 (php-fpm: (pool) w 1 2) S 7 8 9 0 -1 4194560 1 2 3 4 50 25 10 5 20 0 1 0 99"
	got, err := parseStat(12, []byte(text))
	want := procStat{pid: 12, parent: 7, session: 9, own: 750 * time.Millisecond, reaped: 150 * time.Millisecond}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := parseStat(12, []byte("12 (x) S 7")); err == nil {
		t.Error("a line that is too short: no error")
	}
}

func TestStopEndsWorkersThatDoNotListen(t *testing.T) {
	home, err := newSite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := home.newRoom("master")
	if err != nil {
		t.Fatal(err)
	}
	c := r.command(os.Args[0])
	c.env = []string{roleVariable + "=test-master", "PEERBENCH_ADDR=" + r.Addr}
	p, err := startProcess(t.Context(), c, thisCores(t).server)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.Dir, "worker"))
	if err != nil {
		t.Fatal(err)
	}
	worker, _ := strconv.Atoi(string(text))
	p.stop()
	if !dies(worker) {
		t.Error("the worker lives on")
	}
}

// dies waits until a process that was killed is gone.
func dies(pid int) bool {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(text), ") Z ") {
			return true
		}
	}
	return false
}

func TestServerThatDoesNotStartSaysWhy(t *testing.T) {
	c := command{path: os.Args[0], env: []string{roleVariable + "=test-failing"}, listens: "127.0.0.1:1", log: filepath.Join(t.TempDir(), "log")}
	_, err := startProcess(t.Context(), c, thisCores(t).server)
	if want := "did not start (exit status 3): first line | no such setting: speed"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func thisCores(t *testing.T) cores {
	t.Helper()
	c, err := findCores()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
