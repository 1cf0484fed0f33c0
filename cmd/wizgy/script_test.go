package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what cmp finds into the scripts")

func TestMain(m *testing.M) {
	// Most of these tests wait for processes most of the time; -parallel on the command line outranks this.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"wizgy": mainOfTest, "library": library})
}

// TestScript runs whole sites: testdata/script has one file for each. Besides the commands of
// testscript they have, to run a server,
//
//	start [NAME=VALUE…] [args]
//	                  runs wizgy with args, and with --addr 127.0.0.1:0 unless they have an
//	                  address, waits until it listens, and sets $URL, $ADDR and $SERVER, its
//	                  process number; its output is in the file out, its log in the file log
//	start -program NAME [args]
//	                  runs another program, which says " at http://…" likewise; one with a
//	                  slash is a file of the script's
//	install FILE      puts a copy of wizgy there, in the place of what is there
//	runs PID FILE     a process runs the program that is there now
//	signal TERM|INT|HUP|KILL [PID]
//	                  sends it, or another process, a signal
//	ended [status]    waits until it has ended, and fails if the exit status is not this one (0)
//	quit [TERM|INT]   is signal and ended
//	worker NAME       waits for a worker of the server's that is not $NAME, and sets $NAME to
//	                  its process number
//	[!] alive PID     a process lives; with ! it waits for its end
//	small PID SIZE    it has no more than so many bytes of memory, such as 20MB
//	[!] logged REGEXP waits until a line of the log matches; with ! none does now
//
// to be its client,
//
//	[!] http METHOD PATH [-H 'Name: value'] [-d body] [-f file] [-until text]
//	                  writes the answer into the files status, head (without Date) and body;
//	                  with -until it asks again until the body has the text, or, with !, has
//	                  it no more
//	[!] open NAME METHOD PATH [-H …] [-d …] [-f …]
//	                  sends a request and waits for the head of the answer
//	send NAME METHOD PATH [-H …] [-d …] [-f …]
//	                  is open that does not wait
//	hang NAME PATH    is send for a page that cannot be stopped, and waits until the log says so
//	read NAME text    reads the body of what was opened or sent until the text has come
//	[!] rest NAME     reads the rest of it, and writes the files that http writes
//	leave NAME        closes the connection
//	together [-as NAME] N METHOD PATH text
//	                  opens N requests, reads from each until the text has come, then from each
//	                  until it has come again, and closes them all; under a name, they stay open
//	                  after the first text, until they leave
//	hammer N PATH text
//	                  has N clients ask for a path, all the time, on connections that they keep;
//	                  each answer must be 200 and have the text
//	hammering N       waits until there are N more answers
//	hammered [-broken] [-within DURATION]
//	                  ends that; no answer was wrong, no connection was refused, and, without
//	                  -broken, none ended within a request; no answer took longer than
//	                  DURATION, or than four times what the start of the server took
//	raw FILE          sends a file, with CR LF for LF, over one connection, until the server
//	                  closes it; writes what came into the file wire, and the bodies of the
//	                  answers into body1, body2, …
//
// which speaks HTTP/2 where the environment has HTTP=2 and the URL is https, and connects to the Unix
// socket $SOCKET if there is one, and besides
//
//	mode MODE FILE    the file has this mode
//	certificate NAME [-expired]
//	                  writes NAME.pem and NAME.key, a certificate for this machine
//	served NAME       waits until the server has the certificate NAME
//	exits STATUS PROGRAM [args]
//	                  is exec for a program that ends with this exit status
//	picture FILE      writes a PNG that has bytes of every value
//	save FILE text    writes one line, in place, as a shell would do with >
//	default DIR       copies the site of this repository
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "signal": sendSignal, "ended": ended, "quit": quit, "logged": logged,
			"http": request, "open": openRequest, "send": sendRequest, "hang": hang, "read": readText, "rest": readRest, "leave": leave,
			"together": together, "raw": raw,
			"worker": worker, "install": install, "runs": runs, "alive": alive, "small": small,
			"hammer": startHammer, "hammering": hammering, "hammered": hammered,
			"certificate": certificate, "served": served, "exits": exits, "picture": picture, "save": save, "default": defaultSite, "mode": mode,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or each program takes a second to end
			env.Values[processKey{}] = new(process)
			env.Values[exchangesKey{}], env.Values[crowdsKey{}] = exchanges{}, crowds{}
			env.Values[hammerKey{}] = new(*hammer)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "race" {
				return withRace, nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
		RequireUniqueNames: true,
		UpdateScripts:      *update,
	})
}

// patience is how long something may take that should take no time.
const patience = 20 * time.Second

// poll asks until done, or until patience is at its end; then it reports false.
func poll(done func() bool) bool {
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// exits runs a program and looks at its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [args]")
	}
	got := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// picture writes a PNG file.
func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: picture FILE")
	}
	write(ts, args[0], pngOfEveryByte())
}

// save writes one line.
func save(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: save FILE text")
	}
	write(ts, args[0], []byte(args[1]+"\n"))
}

// mode looks at the mode of a file.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode MODE FILE")
	}
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has the mode %s, want %s", args[1], got, args[0])
	}
}

// defaultSite copies html and apps of this repository.
func defaultSite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: default DIR")
	}
	for _, half := range []string{"html", "apps"} {
		ts.Check(os.CopyFS(filepath.Join(ts.MkAbs(args[0]), half), os.DirFS(filepath.Join(repository, half))))
	}
}

func write(ts *testscript.TestScript, name string, content []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o644))
}
