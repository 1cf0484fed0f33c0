package main

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// children returns the processes that a process has started, the newest last. Those that have
// ended do not count.
func children(of int) []int {
	var all []relative
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		if p := relativeOf(name); p.parent == of && p.lives() {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b relative) int { return cmp.Or(cmp.Compare(a.began, b.began), a.pid-b.pid) })
	var pids []int
	for _, p := range all {
		pids = append(pids, p.pid)
	}
	return pids
}

// relative is what /proc/PID/stat says of a process. The numbers of processes begin again when the
// highest one is reached, so which is the newest is told by when it began.
type relative struct {
	pid, parent int
	state       string // "" if there is no such process
	began       int    // hundredths of a second after the system did
}

func (p relative) lives() bool { return p.state != "" && p.state != "Z" }

// relativeOf reads /proc/PID/stat.
func relativeOf(name string) relative {
	text, _ := os.ReadFile(name)
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // behind the name, which may have anything in it
	if len(fields) < 20 {
		return relative{}
	}
	p := relative{state: fields[0]}
	p.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(name)))
	p.parent, _ = strconv.Atoi(fields[1])
	p.began, _ = strconv.Atoi(fields[19])
	return p
}

// worker finds the server's newest worker, once it is another than $NAME.
func worker(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: worker NAME")
	}
	server := processOf(ts).cmd.Process.Pid
	before, now := ts.Getenv(args[0]), ""
	if !poll(func() bool {
		if pids := children(server); len(pids) > 0 {
			now = strconv.Itoa(pids[len(pids)-1])
		}
		return now != "" && now != before
	}) {
		ts.Fatalf("there is no worker but %s\n%s", before, ts.ReadFile("log"))
	}
	ts.Setenv(args[0], now)
}

// alive looks whether a process lives; with !, it waits for its end.
func alive(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: alive PID")
	}
	lives := func() bool { return relativeOf("/proc/" + args[0] + "/stat").lives() }
	if !neg && !lives() {
		ts.Fatalf("process %s has ended\n%s", args[0], ts.ReadFile("log"))
	}
	if neg && !poll(func() bool { return !lives() }) {
		ts.Fatalf("process %s lives\n%s", args[0], ts.ReadFile("log"))
	}
}

// small looks how much memory a process has.
func small(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: small PID SIZE")
	}
	pid, err := strconv.Atoi(args[0])
	ts.Check(err)
	var most byteSize
	ts.Check(most.UnmarshalText([]byte(args[1])))
	has := footprintOf(pid).memory
	ts.Logf("process %d has %v", pid, byteSize(has))
	if has == 0 || has > int(most) && !withRace {
		ts.Fatalf("process %d has %v, want at most %v", pid, byteSize(has), most)
	}
}

func signalNames() string {
	var names []string
	for name := range signals {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, "|")
}

// install puts a copy of this program somewhere, as deployments do: at once.
func install(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: install FILE")
	}
	self, err := os.Executable()
	ts.Check(err)
	text, err := os.ReadFile(self)
	ts.Check(err)
	name := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name+".new", text, 0o755))
	ts.Check(os.Rename(name+".new", name))
}

// runs looks which program a process runs.
func runs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: runs PID FILE")
	}
	same := func() bool {
		a, err1 := os.Stat("/proc/" + args[0] + "/exe")
		b, err2 := os.Stat(ts.MkAbs(args[1]))
		return err1 == nil && err2 == nil && os.SameFile(a, b)
	}
	if !poll(same) {
		ts.Fatalf("process %s does not run %s\n%s", args[0], args[1], ts.ReadFile("log"))
	}
}
