package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// goodVisits are what visitors do whose answers can be told.
var goodVisits = []struct {
	name     string
	visitors int
	visit    func(v *visitor)
}{
	{"echo", 2, (*visitor).echo},
	{"new connection", 1, func(v *visitor) { v.leave(); v.echo() }},
	{"later", 1, (*visitor).later},
	{"stream", 1, (*visitor).stream},
	{"body", 1, (*visitor).sendBody},
	{"small file", 1, (*visitor).small},
	{"large file", 1, (*visitor).large},
	{"pipeline", 1, (*visitor).pipeline},
	{"versions", 2, (*visitor).versions},
}

// think is the pause between two requests.
func (v *visitor) think() { v.s.pause(time.Duration(v.rng.IntN(8)) * time.Millisecond) }

func echoOf(token string) string {
	return token + "\n" + strings.Repeat(token, 50)[:50] + "\n"
}

func (v *visitor) echo() {
	token := v.token()
	a := v.ask("GET", "/echo?"+token, "X-Token: "+token+"\r\n", nil)
	if v.is(a, 200, echoOf(token)) && a.Header.Get("X-Token") != token {
		v.s.fail("%s: the head is of another answer: %q", v.name, a.Header)
	}
	v.think()
}

func (v *visitor) later() {
	token := v.token()
	v.is(v.ask("GET", "/later?"+token, "", nil), 200, token+"\n")
}

func (v *visitor) stream() {
	token := v.token()
	var want strings.Builder
	for i := range 20 {
		fmt.Fprintf(&want, "%s %d\n", token, i)
	}
	v.is(v.ask("GET", "/stream?"+token, "", nil), 200, want.String())
}

// sendBody sends a body, with its length or in chunks, to pages that count it, or send it back.
func (v *visitor) sendBody() {
	body := largeFile()[v.rng.IntN(1<<20):][:v.rng.IntN(1<<v.rng.IntN(18))]
	headers, wire := fmt.Sprintf("Content-Length: %d\r\n", len(body)), body
	if v.rng.IntN(2) == 0 {
		headers, wire = "Transfer-Encoding: chunked\r\n", nil
		for rest := body; len(rest) > 0; {
			n := min(1+v.rng.IntN(20000), len(rest))
			wire = fmt.Appendf(wire, "%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		wire = append(wire, "0\r\n\r\n"...)
	}
	if token := v.token(); v.rng.IntN(2) == 0 {
		v.is(v.ask("PUT", "/sum?"+token, headers, wire), 200, fmt.Sprintf("%s %d \n", token, len(body)))
	} else {
		v.is(v.ask("PUT", "/back?"+token, headers, wire), 200, string(body))
	}
	v.think()
}

// small asks for small files, and whether they have changed.
func (v *visitor) small() {
	n := v.rng.IntN(smallFiles)
	path := fmt.Sprintf("/small%d.txt", n)
	a := v.ask("GET", path, "", nil)
	if !v.is(a, 200, smallFile(n)) {
		return
	}
	// A release may take the place of another between the two: the tag may change, the text not.
	a = v.ask("GET", path, "If-None-Match: "+a.Header.Get("ETag")+"\r\n", nil)
	if a != nil && a.StatusCode == http.StatusOK {
		v.is(a, 200, smallFile(n))
	} else {
		v.is(a, 304, "")
	}
	v.think()
}

// large asks for all of a large file, and for parts of it.
func (v *visitor) large() {
	file := largeFile()
	if v.rng.IntN(4) == 0 {
		v.is(v.ask("GET", "/large.bin", "", nil), 200, string(file))
	}
	from := v.rng.IntN(largeSize)
	to := min(from+v.rng.IntN(100000), largeSize-1)
	text, want := fmt.Sprintf("%d-%d", from, to), file[from:to+1]
	switch v.rng.IntN(3) {
	case 0:
		text, want, to = fmt.Sprintf("%d-", from), file[from:], largeSize-1
	case 1:
		text, want, from, to = fmt.Sprintf("-%d", from+1), file[largeSize-from-1:], largeSize-from-1, largeSize-1
	}
	a := v.ask("GET", "/large.bin", "Range: bytes="+text+"\r\n", nil)
	if v.is(a, 206, string(want)) {
		if got, want := a.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-%d/%d", from, to, largeSize); got != want {
			v.s.fail("%s: Content-Range: %s, want %s", v.name, got, want)
		}
	}
	v.think()
}

// pipeline sends several requests before it reads. A server that stops answers some of them, says
// which is the last that it answers, and the others are sent again.
func (v *visitor) pipeline() {
	began := time.Now()
	var tokens []string
	for range 2 + v.rng.IntN(8) {
		tokens = append(tokens, v.token())
	}
	for len(tokens) > 0 {
		if !v.connect() {
			return
		}
		sent := time.Now()
		var all bytes.Buffer
		for _, token := range tokens {
			fmt.Fprintf(&all, "GET /echo?%s HTTP/1.1\r\nHost: example.com\r\nX-Token: %[1]s\r\n\r\n", token)
		}
		_ = v.conn.SetDeadline(sent.Add(patience))
		_, _ = v.conn.Write(all.Bytes())
		for len(tokens) > 0 {
			a, err := v.receive("GET")
			if err != nil {
				if !v.excused(err, sent) {
					v.s.fail("%s: lost %d answers: %v", v.name, len(tokens), err)
					tokens = nil
				}
				v.leave()
				break
			}
			v.conn.answered, v.conn.came = sent, time.Now()
			if v.outOfTime(a, sent) {
				v.leave()
				break
			}
			if !v.is(a, 200, echoOf(tokens[0])) {
				v.leave()
				return
			}
			v.s.wait(time.Since(began))
			tokens = tokens[1:]
			if a.Close {
				v.leave()
				break
			}
		}
	}
	v.think()
}

// versions asks for what changes: each answer is wholly of one version, no older one than what
// has been seen, by this visitor or by the one who saved it.
func (v *visitor) versions() {
	switch n := v.rng.IntN(len(v.s.pages) + 3); n {
	case 0:
		v.version("/release", "release", &v.s.release)
	case 1:
		v.version("/release.txt", "release", &v.s.release)
	case 2:
		v.file()
	default:
		p := v.s.pages[n-3]
		v.version("/"+p.name, p.name, &p.versions)
	}
	v.think()
}

// version asks for something, and returns the answer and its version, or -1.
func (v *visitor) version(path, name string, of *versions) (*answer, int64) {
	asked := time.Now()
	least := max(of.seen.Load(), v.floor[name])
	a := v.ask("GET", path, "", nil)
	most := of.begun.Load()
	if a == nil {
		return nil, -1
	}
	n, err := strconv.ParseInt(string(a.body[:min(8, len(a.body))]), 10, 64)
	switch {
	case a.StatusCode != 200 || err != nil:
		v.s.fail("%s: %s is %s: %.300q; want version %d to %d", v.name, path, a.Status, a.body, least, most)
		return a, -1
	case !wholly(path, string(a.body), n):
		v.s.fail("%s: %s is of several versions: %.300q", v.name, path, a.body)
	case n < least && (v.s.replacedSince(asked.Add(-2*idleEnough-v.s.page)) || len(children(v.s.cmd.Process.Pid)) > 1):
		// For a second after a worker has taken over, the one before answers on the connections that it
		// has, and each of them notices by itself what was saved. Loading a page may take as long as
		// answering with it.
		v.s.count("older versions, of a worker that was being replaced", time.Since(asked))
	case n < least:
		v.s.fail("%s: %s is of version %d, and %d was seen before", v.name, path, n, least)
	case n > most:
		v.s.fail("%s: %s is of version %d, which there is not", v.name, path, n)
	}
	if !v.s.leaving(a) {
		v.floor[name] = max(v.floor[name], n)
	}
	return a, n
}

// leaving reports whether an answer may be of a worker that was replaced before it. What that one knows,
// its successor may still be about to notice.
func (s *soak) leaving(a *answer) bool { return s.replacedSince(a.made) }

// wholly reports whether all of a body is of version n.
func wholly(path, body string, n int64) bool {
	mark := fmt.Sprintf("%08d", n)
	switch path {
	case "/release":
		count, ok := strings.CutPrefix(body, mark+" "+mark+" "+mark+" ")
		requests, err := strconv.Atoi(strings.TrimSpace(count))
		return ok && err == nil && requests > 0
	case "/release.txt", "/version.txt":
		return body == fileOfVersion(n)
	}
	return body == mark+" "+mark+"\n"
}

// file asks for a file that is replaced. Its tag is the tag of this content only.
func (v *visitor) file() int64 {
	a, n := v.version("/version.txt", "version.txt", &v.s.file)
	if n < 0 {
		return n
	}
	if other, _ := v.s.tags.LoadOrStore(a.Header.Get("ETag"), n); other != n {
		v.s.fail("%s: versions %d and %d have the same tag %s", v.name, n, other, a.Header.Get("ETag"))
	}
	return n
}

// drainSlowly reads a body in steps.
func drainSlowly(r io.Reader, pause func() bool) ([]byte, error) {
	var all []byte
	for part := make([]byte, 64<<10); pause(); {
		n, err := r.Read(part)
		all = append(all, part[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
	rest, err := io.ReadAll(r)
	return append(all, rest...), err
}
