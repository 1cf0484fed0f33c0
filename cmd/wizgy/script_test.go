package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wizgy": main})
}

// TestScript runs whole sites: testdata/script has one file for each. Besides the commands of
// testscript they have
//
//	start [args]      runs wizgy with args and --addr 127.0.0.1:0, waits until it listens,
//	                  and sets $URL and $ADDR; its log is in the file log
//	stop [signal]     ends it, and fails if it does not exit with status 0
//	http METHOD PATH [-H 'Name: value'] [-d body] [-f file] [-until text]
//	                  writes the answer into the files status, head and body; with -until it
//	                  asks again until the body has the text
//	logged text       waits until the log has the text
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "stop": stop, "http": request, "logged": logged,
		},
		RequireUniqueNames: true,
	})
}

// patience is how long something may take that should take no time.
const patience = 20 * time.Second

type process struct {
	cmd  *exec.Cmd
	done chan error
}

type processKey struct{}

// start runs wizgy in the background.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("! start is not possible: use ! exec wizgy")
	}
	cmd := exec.Command("wizgy", append(args, "--addr", "127.0.0.1:0")...)
	cmd.Path = filepath.Join(firstOf(ts.Getenv("PATH")), "wizgy")
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	if dir := os.Getenv("GOCOVERDIR"); dir != "" {
		cmd.Env = append(cmd.Env, "GOCOVERDIR="+dir)
	}
	log, err := os.Create(ts.MkAbs("log"))
	ts.Check(err)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	log.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	p := &process{cmd: cmd, done: make(chan error, 1)}
	go func() { p.done <- cmd.Wait() }()
	ts.Defer(func() { cmd.Process.Kill() })
	_, url, found := strings.Cut(strings.TrimSpace(line), " at ")
	if err != nil || !found {
		ts.Fatalf("wizgy did not start: it said %q\n%s", line, ts.ReadFile("log"))
	}
	url = strings.TrimSuffix(url, "/")
	ts.Setenv("URL", url)
	ts.Setenv("ADDR", strings.TrimPrefix(url, "http://"))
	processes[ts.MkAbs(".")] = p
}

// processes has the running wizgy of each script, by its folder.
var processes = map[string]*process{}

func firstOf(path string) string { return filepath.SplitList(path)[0] }

// stop ends what start has started.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	p := processes[ts.MkAbs(".")]
	if p == nil {
		ts.Fatalf("nothing was started")
	}
	signal := syscall.SIGTERM
	if len(args) > 0 && args[0] == "INT" {
		signal = syscall.SIGINT
	}
	ts.Check(p.cmd.Process.Signal(signal))
	select {
	case err := <-p.done:
		if err != nil {
			ts.Fatalf("wizgy ended with %v\n%s", err, ts.ReadFile("log"))
		}
	case <-time.After(patience):
		ts.Fatalf("wizgy did not stop")
	}
}

// request asks the running wizgy.
func request(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: http METHOD PATH [-H 'Name: value'] [-d body] [-f file] [-until text]")
	}
	method, path, until := args[0], args[1], ""
	header := http.Header{}
	var body []byte
	for rest := args[2:]; len(rest) > 1; rest = rest[2:] {
		switch rest[0] {
		case "-H":
			name, value, _ := strings.Cut(rest[1], ": ")
			header.Add(name, value)
		case "-d":
			body = []byte(rest[1])
		case "-f":
			body = []byte(ts.ReadFile(rest[1]))
		case "-until":
			until = rest[1]
		default:
			ts.Fatalf("http: unknown option %s", rest[0])
		}
	}
	for end := time.Now().Add(patience); ; {
		got, err := ask(ts, method, path, header, body)
		if until == "" {
			if neg != (err != nil) {
				ts.Fatalf("http %s %s: %v", method, path, err)
			}
			return
		}
		if err == nil && strings.Contains(got, until) != neg {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("http %s %s: the body is still %q (%v)", method, path, got, err)
		}
		time.Sleep(5 * time.Millisecond) // poll
	}
}

// ask sends one request and writes the answer into files.
func ask(ts *testscript.TestScript, method, path string, header http.Header, body []byte) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, ts.Getenv("URL")+path, bytes.NewReader(body))
	ts.Check(err)
	r.Header = header
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	resp, err := (&http.Transport{DisableKeepAlives: true, DisableCompression: true}).RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	var head strings.Builder
	resp.Header.Del("Date")
	resp.Header.Write(&head)
	for name, content := range map[string]string{
		"status": fmt.Sprintln(resp.Status),
		"head":   strings.ReplaceAll(head.String(), "\r\n", "\n"),
		"body":   string(got),
	} {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(content), 0o644))
	}
	return string(got), err
}

// logged waits for a text in the log.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: logged text")
	}
	if neg {
		if strings.Contains(ts.ReadFile("log"), args[0]) {
			ts.Fatalf("the log has %q:\n%s", args[0], ts.ReadFile("log"))
		}
		return
	}
	for end := time.Now().Add(patience); !strings.Contains(ts.ReadFile("log"), args[0]); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("the log has no %q:\n%s", args[0], ts.ReadFile("log"))
		}
	}
}
