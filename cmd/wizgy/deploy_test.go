package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wizgy/server"
)

var deploys = flag.Int("deploys", 4, "how often each way of deploying is tried")

func TestDeployIsAtomic(t *testing.T) {
	for _, dev := range []bool{false, true} {
		for _, way := range deployments {
			if dev && way.noDev {
				continue
			}
			mode := "serve"
			if dev {
				mode = "dev"
			}
			t.Run(mode+"/"+way.name, func(t *testing.T) {
				if _, err := exec.LookPath("git"); err != nil && way.name == "git checkout" {
					t.Skip("there is no git here:", err)
				}
				if !dev && !way.noDev { // the others would see the pauses of a busy machine, too
					t.Parallel()
				}
				for tries := 10; tries > 0; tries-- {
					a := &attempt{T: t}
					testDeploys(a, way, dev)
					if len(a.wrong) == 0 {
						return
					}
					if !way.quick || a.slowest < quiet {
						t.Error(strings.Join(a.wrong, "\n"))
						return
					}
					t.Logf("files were written for %v: that may be more than one deploy, and is tried again", a.slowest)
				}
				t.Skip("this machine is too busy to write some files at one go")
			})
		}
	}
}

// quiet is how long nothing may be written before a deploy is taken to be over, where no tool is
// seen at work.
const quiet = 60 * time.Millisecond

// attempt is a test that may have to be repeated. It keeps what is wrong.
type attempt struct {
	*testing.T
	slowest time.Duration // deploy

	mu    sync.Mutex
	wrong []string
}

func (a *attempt) Error(args ...any) { a.Errorf("%s", fmt.Sprint(args...)) }

func (a *attempt) Errorf(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wrong = append(a.wrong, fmt.Sprintf(format, args...))
}

// Failed also reports whether something was wrong.
func (a *attempt) Failed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.wrong) > 0 || a.T.Failed()
}

func testDeploys(t *attempt, way deployment, dev bool) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := way.first(dir); err != nil {
		t.Fatal(err)
	}
	d := serveDeployed(t.T, filepath.Join(dir, way.site), dev)
	visit := d.visitor(t, way)
	for _, path := range releasePaths {
		visit(path, 0)
	}
	pause := time.Millisecond
	if dev { // each request looks at the disk: a machine that is busy with that has no desk
		pause = 5 * time.Millisecond
	}
	stop := make(chan struct{})
	var visitors sync.WaitGroup
	for range 3 {
		visit := d.visitor(t, way)
		visitors.Go(func() {
			for !t.Failed() {
				for _, path := range releasePaths {
					visit(path, -1)
				}
				select {
				case <-stop:
					return
				case <-time.After(pause):
				}
			}
		})
	}
	for n := 1; n <= *deploys && !t.Failed(); n++ {
		began := time.Now()
		if err := way.deploy(dir, n); err != nil {
			t.Fatal(err)
		}
		t.slowest = max(t.slowest, time.Since(began))
		for _, path := range releasePaths { // of which none may stay behind
			visit(path, n)
		}
	}
	close(stop)
	visitors.Wait()
	d.compareLog(t)
}

// deployed is a site that releases are deployed to, and what visitors were answered.
type deployed struct {
	url, log string
	dev      bool

	mu      sync.Mutex
	answers map[string][]answerOf // by the visitor's address, in order
}

// answerOf is an answer to a visitor: which release it was of, and which generation, if that was
// to be seen.
type answerOf struct {
	path, generation string
	release          int
}

func serveDeployed(t *testing.T, site string, dev bool) *deployed {
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := siteArgument{Site: site}.open()
	if err != nil {
		t.Fatal(err)
	}
	options := options{Timeout: 30 * time.Second, Runtimes: 4, MaxHeader: 1 << 15, CacheSize: 64 << 20}
	running, err := options.start(&program{ctx: t.Context()}, opened, server.NewLogger(log, "json"), dev)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- running.files.Serve(ctx, listener) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
		running.close()
		log.Close()
	})
	return &deployed{url: "http://" + listener.Addr().String(), log: log.Name(), dev: dev, answers: map[string][]answerOf{}}
}

// visitor returns a client that has one connection. It asks again until the answer is of the
// release that is wanted, or once for -1. What is no answer of one release, or is older than the
// last one, fails the test.
func (d *deployed) visitor(t *attempt, way deployment) (visit func(path string, want int)) {
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	t.Cleanup(client.CloseIdleConnections)
	var address string
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { address = info.Conn.LocalAddr().String() }}
	return func(path string, want int) {
		for end := time.Now().Add(patience); !t.Failed(); time.Sleep(time.Millisecond) {
			r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "GET", d.url+path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			got := d.judge(t, way, path, resp, string(body), err)
			d.note(t, address, answerOf{path: path, generation: resp.Header.Get("Wizgy-Generation"), release: got})
			if want < 0 || got == want {
				return
			}
			if time.Now().After(end) {
				t.Errorf("%s is still of release %d, want %d", path, got, want)
			}
		}
	}
}

// judge returns the release that an answer is of, or -1.
func (d *deployed) judge(t *attempt, way deployment, path string, resp *http.Response, body string, err error) int {
	static := strings.HasSuffix(path, ".txt")
	if d.dev && static && way.gaps && resp.StatusCode == http.StatusNotFound {
		return -1 // so it is on the disk
	}
	marks := strings.Fields(body)
	if err != nil || resp.StatusCode != http.StatusOK || len(marks) == 0 || len(slices.Compact(marks)) != 1 {
		t.Errorf("%s: status %d, %.300q, %v", path, resp.StatusCode, body, err)
		return -1
	}
	release, err := strconv.Atoi(marks[0])
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return release
}

// note keeps an answer.
func (d *deployed) note(t *attempt, address string, a answerOf) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if last := d.answers[address]; !d.dev && len(last) > 0 && last[len(last)-1].release > a.release {
		t.Errorf("after %+v one visitor was answered %+v", last[len(last)-1], a)
	}
	if d.dev != (a.generation != "") {
		t.Errorf("dev is %t, and %s has the generation %q in its head", d.dev, a.path, a.generation)
	}
	d.answers[address] = append(d.answers[address], a)
}

// compareLog compares the answers with the log: each connection's generations only grow, and all
// answers of one generation are of one release.
func (d *deployed) compareLog(t *attempt) {
	text, err := os.ReadFile(d.log)
	if err != nil {
		t.Fatal(err)
	}
	releases := map[uint64]answerOf{} // the first answer of each generation
	last := map[string]uint64{}
	answers, seen := d.answers, 0
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			Msg, Path, Remote string
			Generation        uint64
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Msg != "request" || len(answers[line.Remote]) == 0 {
			continue
		}
		answer := answers[line.Remote][0]
		answers[line.Remote] = answers[line.Remote][1:]
		seen++
		if answer.path != line.Path || d.dev && answer.generation != fmt.Sprint(line.Generation) {
			t.Fatalf("the answer was %+v, and the log says %s", answer, lines.Text())
		}
		if line.Generation < last[line.Remote] {
			t.Errorf("%s: generation %d after %d", line.Remote, line.Generation, last[line.Remote])
		}
		last[line.Remote] = line.Generation
		first, known := releases[line.Generation]
		if !known {
			releases[line.Generation] = answer
		} else if !d.dev && first.release != answer.release {
			t.Errorf("generation %d has both %+v and %+v", line.Generation, first, answer)
		}
	}
	for address, rest := range answers {
		if len(rest) > 1 { // the last line may still be on its way
			t.Errorf("%s: %d answers are not in the log", address, len(rest))
		}
	}
	t.Logf("%d answers, %d generations", seen, len(releases))
}
