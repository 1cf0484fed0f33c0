//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"
)

// bench is a run: servers that are all up, asked in turns.
type bench struct {
	works       []*work
	servers     []*server
	rounds      int
	duration    time.Duration
	connections int
	cores       cores
	progress    io.Writer
}

// server is an installed peer that runs.
type server struct {
	peer      *peer
	room      *room
	processes []*process
	rows      map[string]*row // by workload
}

// row is what was measured of one server at one workload.
type row struct {
	samples []*sample // one for each round; nil after the row was voided
	lacks   string    // why there is nothing to measure
	void    string    // what went wrong
}

// start starts the peers, one after the other. A server that does not start voids its rows.
func (b *bench) start(ctx context.Context, s *site, found map[*peer]*installed, list []*peer) error {
	for _, p := range list {
		one := &server{peer: p, rows: map[string]*row{}}
		b.servers = append(b.servers, one)
		err := one.start(ctx, s, found[p], b.cores.server)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for _, w := range b.works {
			one.rows[w.name] = &row{lacks: p.lacks[w.name]}
			if err != nil {
				one.rows[w.name].void = err.Error()
			}
		}
	}
	return nil
}

func (s *server) start(ctx context.Context, site *site, found *installed, core int) error {
	var err error
	if s.room, err = site.newRoom(s.peer.name); err != nil {
		return err
	}
	commands, err := found.launch(ctx, s.room)
	if err != nil {
		return err
	}
	for _, c := range commands {
		p, err := startProcess(ctx, c, core)
		if err != nil {
			return err
		}
		s.processes = append(s.processes, p)
	}
	return nil
}

// stop stops all servers, side by side.
func (b *bench) stop() {
	var all sync.WaitGroup
	for _, s := range b.servers {
		all.Go(func() {
			for i := len(s.processes) - 1; i >= 0; i-- {
				s.processes[i].stop()
			}
		})
	}
	all.Wait()
}

func (s *server) pids() []int {
	var list []int
	for _, p := range s.processes {
		list = append(list, p.cmd.Process.Pid)
	}
	return list
}

// run measures all rounds. Noise that lasts for some seconds falls on neighbours in time, which
// are the same work of other servers; who goes first changes from round to round.
func (b *bench) run(ctx context.Context) error {
	for round := range b.rounds {
		for _, w := range b.works {
			fmt.Fprintf(b.progress, "round %d of %d: %s\n", round+1, b.rounds, w.name)
			for i := range b.servers {
				s := b.servers[(i+round)%len(b.servers)]
				r := s.rows[w.name]
				if r.void != "" || r.lacks != "" {
					continue
				}
				one, err := b.measure(ctx, s, w)
				switch {
				case ctx.Err() != nil:
					return errors.New("interrupted: all servers were stopped, nothing is reported")
				case err != nil:
					*r = row{void: err.Error()}
				default:
					r.samples = append(r.samples, one)
				}
			}
		}
	}
	return nil
}

func (b *bench) measure(ctx context.Context, s *server, w *work) (*sample, error) {
	if w.edits {
		return b.measureEdits(ctx, s)
	}
	request, err := w.request(ctx, s.room.Addr)
	if err != nil {
		return nil, err
	}
	load, err := startChild(ctx, "load", b.cores.load)
	if err != nil {
		return nil, err
	}
	defer load.close()
	var result loadResult
	err = load.exchange(ctx, job{
		Addr: s.room.Addr, Request: request, Status: w.status, Want: w.want,
		Connections: b.connections, Warmup: b.duration / 4, Duration: b.duration,
	}, &result, b.limit())
	if err != nil || result.Wrong != "" {
		return nil, wrong(err, result.Wrong)
	}
	before, err := treeCPU(s.pids()...)
	if err != nil {
		return nil, err
	}
	if err := load.exchange(ctx, "go", &result, b.limit()); err != nil || result.Wrong != "" {
		return nil, wrong(err, result.Wrong)
	}
	after, err := treeCPU(s.pids()...)
	if err != nil {
		return nil, err
	}
	memory, err := treeMemory(s.pids()...)
	if err != nil {
		return nil, err
	}
	return newSample(result, after-before, memory), nil
}

func (b *bench) measureEdits(ctx context.Context, s *server) (*sample, error) {
	client, err := startChild(ctx, "edit", b.cores.load)
	if err != nil {
		return nil, err
	}
	defer client.close()
	e := s.peer.edit(s.room)
	var result editResult
	err = client.exchange(ctx, editJob{
		URL: "http://" + s.room.Addr + e.path, File: filepath.Clean(e.file), Duration: b.duration, Limit: editLimit,
	}, &result, b.limit()+editLimit)
	if err != nil || result.Wrong != "" {
		return nil, wrong(err, result.Wrong)
	}
	return editSample(result), nil
}

// editLimit is how long a save may take to be answered.
const editLimit = 5 * time.Second

// limit is how long a load generator may take.
func (b *bench) limit() time.Duration { return b.duration + 2*noAnswer }

// wrong is err, or what the load generator found wrong.
func wrong(err error, said string) error {
	if err != nil {
		return err
	}
	return errors.New(said)
}
