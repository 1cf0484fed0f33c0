//go:build linux

// Command peerbench measures wizgy beside what people would use instead of it, at the same work,
// in one run:
//
//	go run ./cmd/peerbench --list                        # which servers are found, and what to install
//	go run ./cmd/peerbench                               # everything, which takes a while
//	go run ./cmd/peerbench --only 'wizgy,nginx*' --work hello,file5k --rounds 3 --duration 1s
//
// All servers are up at the same time, each with the settings it comes with, and are asked in
// turns. Every answer is compared byte for byte; a wrong one voids the row. Servers run on one
// core and the load on another. The load is closed: each connection asks again when it has its
// answer, so that latencies are those of a server that has all it can do.
//
// CPU per request is the steadiest figure on a machine that others use too. It is the user and
// system time of the server's whole tree of processes, children that have ended included, divided
// by exactly the requests that were answered meanwhile. Memory is resident, and what processes
// share counts once; it is taken while the connections are open, after the round's load.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// commandLine has the options.
type commandLine struct {
	Only        []string      `placeholder:"SERVER" help:"Measure these servers only, such as wizgy,nginx* (--list has the names)."`
	Work        []string      `placeholder:"WORKLOAD" help:"Measure these workloads only, such as hello,file5k (--list has the names)."`
	Rounds      int           `default:"5" help:"How many times each server is measured at each workload (${default})."`
	Duration    time.Duration `default:"2s" help:"How long each time takes; a quarter of it comes before, to warm up (${default})."`
	Connections int           `default:"32" help:"How many connections ask at once (${default})."`
	NPM         string        `name:"npm" default:"." type:"path" placeholder:"FOLDER" help:"Where npm has installed express, deno and bun: the folder of node_modules (the current one)."`
	Wizgy       string        `type:"path" placeholder:"PATH" help:"Measure this program instead of the wizgy of this module."`
	WizgyArgs   string        `placeholder:"OPTIONS" help:"More options for wizgy serve, such as --wizgy-args='--runtimes 64'."`
	List        bool          `help:"Print which servers are found and what to install for the others, and the workloads."`
	JSON        bool          `name:"json" help:"Write the result as JSON."`
}

// Validate checks what the types do not. kong calls it.
func (c *commandLine) Validate() error {
	switch {
	case c.Rounds < 1:
		return fmt.Errorf("--rounds must be at least 1, got %d", c.Rounds)
	case c.Connections < 1:
		return fmt.Errorf("--connections must be at least 1, got %d", c.Connections)
	case c.Duration < 10*time.Millisecond:
		return fmt.Errorf("--duration must be at least 10ms, such as 2s, got %v", c.Duration)
	}
	return nil
}

func main() {
	if runRole() {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "peerbench: %v\n", err)
		os.Exit(1)
	}
}

// run runs a command line.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var line commandLine
	answered := false
	parser, err := kong.New(&line,
		kong.Name("peerbench"),
		kong.Description("Measure wizgy beside what people would use instead of it, at the same work, in one run."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { answered = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	if _, err = parser.Parse(args); answered {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (peerbench --help tells what there is)", err)
	}
	servers, err := choose("server", line.Only, peers(), func(p *peer) string { return p.name })
	if err != nil {
		return err
	}
	chosen, err := choose("workload", line.Work, works(), func(w *work) string { return w.name })
	if err != nil {
		return err
	}
	f := &finder{npm: line.NPM, wizgy: line.Wizgy, wizgyArgs: strings.Fields(line.WizgyArgs)}
	found, list := findAll(ctx, f, servers)
	if line.List {
		return writeList(stdout, list, chosen)
	}
	return line.bench(ctx, servers, chosen, found, list, stdout, stderr)
}

// bench measures.
func (c *commandLine) bench(ctx context.Context, servers []*peer, chosen []*work, found map[*peer]*installed, list []reportPeer, stdout, stderr io.Writer) error {
	b := &bench{works: chosen, rounds: c.Rounds, duration: c.Duration, connections: c.Connections, progress: stderr}
	var err error
	if b.cores, err = findCores(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "peerbench-")
	if err != nil {
		return fmt.Errorf("make a folder for the servers: %w", err)
	}
	defer os.RemoveAll(dir)
	home, err := newSite(dir)
	if err != nil {
		return err
	}
	defer b.stop()
	var there []*peer
	for _, p := range servers {
		if found[p] != nil {
			there = append(there, p)
		}
	}
	if len(there) == 0 {
		return noneFound(list)
	}
	if err := b.start(ctx, home, found, there); err != nil {
		return err
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	r := b.report(list)
	write := r.writeTable
	if c.JSON {
		write = r.writeJSON
	}
	return errors.Join(write(stdout), r.err())
}

// noneFound says of each server what is missing.
func noneFound(list []reportPeer) error {
	var reasons []string
	for _, p := range list {
		reasons = append(reasons, fmt.Sprintf("%s: %s; install %s", p.Name, p.Missing, p.From))
	}
	return fmt.Errorf("there is nothing to measure: %s", strings.Join(reasons, ", "))
}

// findAll looks for the peers, and says what it found.
func findAll(ctx context.Context, f *finder, list []*peer) (map[*peer]*installed, []reportPeer) {
	found := map[*peer]*installed{}
	var told []reportPeer
	for _, p := range list {
		one := reportPeer{Name: p.name, About: p.about}
		if i, err := p.find(ctx, f); err != nil {
			one.Missing, one.From = err.Error(), p.from
		} else {
			found[p], one.Version = i, i.version
		}
		told = append(told, one)
	}
	return found, told
}

// writeList prints what there is.
func writeList(w io.Writer, list []reportPeer, works []*work) error {
	cells := append(peerCells(list), []string{"", ""}, []string{"workload", ""})
	for _, one := range works {
		cells = append(cells, []string{one.name, one.about})
	}
	_, err := io.WriteString(w, align(cells))
	return err
}

// choose returns those of all whose names match a pattern, or all without patterns.
func choose[T any](kind string, patterns []string, all []T, name func(T) string) ([]T, error) {
	if len(patterns) == 0 {
		return all, nil
	}
	matched := make([]bool, len(all))
	var names []string
	for _, one := range all {
		names = append(names, name(one))
	}
	for _, pattern := range patterns {
		hit := false
		for i, n := range names {
			if ok, err := path.Match(pattern, n); err != nil {
				return nil, fmt.Errorf("the pattern %q is wrong: %w", pattern, err)
			} else if ok {
				matched[i], hit = true, true
			}
		}
		if !hit {
			return nil, fmt.Errorf("there is no %s %q: there are %s", kind, pattern, strings.Join(names, ", "))
		}
	}
	var list []T
	for i, one := range all {
		if matched[i] {
			list = append(list, one)
		}
	}
	return list, nil
}
