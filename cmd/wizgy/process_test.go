package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is the server that a script runs.
type process struct {
	cmd     *exec.Cmd
	done    chan error
	started time.Duration // from its beginning until it served
}

type processKey struct{}

func processOf(ts *testscript.TestScript) *process {
	p := ts.Value(processKey{}).(*process)
	if p.cmd == nil {
		ts.Fatalf("nothing was started")
	}
	return p
}

// start runs a server in the background.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("! start is not possible: use ! exec wizgy")
	}
	program := "wizgy"
	if len(args) > 1 && args[0] == "-program" {
		program, args = args[1], args[2:]
	}
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GORACE", "GOCOVERDIR"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	addressed := filepath.Base(program) != "wizgy" || slices.Contains(args, "--addr")
	for len(args) > 0 && variable.MatchString(args[0]) {
		addressed = addressed || strings.HasPrefix(args[0], "WIZGY_ADDR=")
		env, args = append(env, args[0]), args[1:]
	}
	if !addressed {
		args = append(slices.Clip(args), "--addr", "127.0.0.1:0")
	}
	path := filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], program)
	if strings.Contains(program, "/") {
		path = ts.MkAbs(program)
	}
	cmd := exec.Command(path, args...)
	cmd.Args[0] = program // by which the test binary knows what to be
	cmd.Dir, cmd.Env = ts.MkAbs("."), env
	ts.Value(processKey{}).(*process).run(ts, cmd)
}

var variable = regexp.MustCompile(`^[A-Z_]+=`)

// run starts cmd and waits until it listens.
func (p *process) run(ts *testscript.TestScript, cmd *exec.Cmd) {
	log, err := os.Create(ts.MkAbs("log"))
	ts.Check(err)
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	began := time.Now()
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	p.cmd, p.done, p.started = cmd, make(chan error, 1), time.Since(began)
	go func() { p.done <- cmd.Wait() }()
	_, url, found := strings.Cut(strings.TrimSpace(line), " at ")
	if err != nil || !found {
		ts.Fatalf("%s did not start: it said %q\n%s", cmd.Args[0], line, ts.ReadFile("log"))
	}
	write(ts, "out", []byte(line))
	url, _, _ = strings.Cut(url, " and ")
	url = strings.TrimSuffix(url, "/")
	ts.Setenv("URL", url)
	_, addr, _ := strings.Cut(url, "://")
	ts.Setenv("ADDR", addr)
	ts.Setenv("SERVER", strconv.Itoa(cmd.Process.Pid))
}

var signals = map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}

// sendSignal sends a signal to the server, or to another process.
func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: signal %s [PID]", signalNames())
	}
	if len(args) == 1 {
		ts.Check(processOf(ts).cmd.Process.Signal(signals[args[0]]))
		return
	}
	pid, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(syscall.Kill(pid, signals[args[0]]))
}

// ended waits for the end of the server.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: ended [status]")
	}
	want := 0
	if len(args) == 1 {
		var err error
		want, err = strconv.Atoi(args[0])
		ts.Check(err)
	}
	p := processOf(ts)
	select {
	case <-p.done:
		if got := p.cmd.ProcessState.ExitCode(); got != want {
			ts.Fatalf("%s ended with %v, want status %d\n%s", p.cmd.Args[0], p.cmd.ProcessState, want, ts.ReadFile("log"))
		}
	case <-time.After(patience):
		ts.Fatalf("%s did not end\n%s", p.cmd.Args[0], ts.ReadFile("log"))
	}
	p.cmd = nil
}

// quit ends the server.
func quit(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		args = []string{"TERM"}
	}
	sendSignal(ts, neg, args)
	ended(ts, false, nil)
}

// logOf returns the log, for who must find out why a test has failed.
func logOf(ts *testscript.TestScript) string {
	text, _ := os.ReadFile(ts.MkAbs("log"))
	return string(text)
}

// logged waits for a line in the log.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: logged REGEXP")
	}
	line, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	has := func() bool { return line.MatchString(ts.ReadFile("log")) }
	switch {
	case neg && has():
		ts.Fatalf("the log has %q:\n%s", args[0], ts.ReadFile("log"))
	case !neg && !poll(has):
		ts.Fatalf("the log has no %q:\n%s", args[0], ts.ReadFile("log"))
	}
}
