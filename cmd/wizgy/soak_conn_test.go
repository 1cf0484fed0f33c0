package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// soakKill is a time in which the worker was killed.
type soakKill struct{ before, after time.Time }

// killing does what kills the worker.
func (s *soak) killing(do func()) {
	k := &soakKill{before: time.Now()}
	s.mu.Lock()
	s.kills = append(s.kills, k)
	s.mu.Unlock()
	do()
	s.mu.Lock()
	k.after = time.Now()
	s.mu.Unlock()
}

// dying is for how long a process that was killed may still do something.
const dying = 50 * time.Millisecond

// cutByKill reports whether a connection was one that a killed worker had accepted, or may have:
// it was made before the kill, and no request was answered on it that was sent after the kill.
// Each connection can be excused once only, for it has ended.
func (s *soak) cutByKill(c *soakConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, k := range s.kills {
		after := k.after
		if after.IsZero() {
			after = now
		}
		after = after.Add(dying)
		if c.made.Before(after) && c.answered.Before(after) && !k.before.After(now) {
			return true
		}
	}
	return false
}

// soakConn is a connection to the server.
type soakConn struct {
	net.Conn
	in       *bufio.Reader
	made     time.Time
	answered time.Time // when the last request that was answered was sent
	came     time.Time // when its answer had come
}

// visitor asks one request after the other.
type visitor struct {
	s     *soak
	name  string
	rng   *rand.Rand
	conn  *soakConn // nil for none
	asked int
	floor map[string]int64 // the versions that it has seen
}

func (s *soak) visitor(name string, rng *rand.Rand) *visitor {
	return &visitor{s: s, name: name, rng: rng, floor: map[string]int64{}}
}

func (v *visitor) leave() {
	if v.conn != nil {
		v.conn.Close()
		v.conn = nil
	}
}

// token is like no other.
func (v *visitor) token() string {
	v.asked++
	return fmt.Sprintf("%s-%x-%d-%s", strings.ReplaceAll(v.name, " ", "-"), v.rng.Uint32(), v.asked, strings.Repeat("x", v.rng.IntN(60)))
}

// connect makes a connection. That must always be possible.
func (v *visitor) connect() bool {
	if v.conn != nil {
		return true
	}
	made := time.Now() // or hardly later: whoever dials may learn of it long after a server has
	conn, err := net.DialTimeout("tcp", v.s.addr, patience)
	if err != nil {
		v.s.fail("%s: no connection: %v", v.name, err)
		return false
	}
	v.conn = &soakConn{Conn: conn, in: bufio.NewReader(conn), made: made}
	_ = conn.SetDeadline(time.Now().Add(patience))
	return true
}

// answer is what came for a request.
type answer struct {
	*http.Response
	body []byte
	made time.Time // when the connection was made that it came on
}

// idleEnough is how long a connection rests before a server that stops may close it. One second
// is what wizgy gives it; a client that has waited that long may find it closed, and HTTP says
// that it then tries again (RFC 9112, 9.3.1).
const idleEnough = 900 * time.Millisecond

// ask sends a request that may be repeated and returns its answer, or nil after a failure.
func (v *visitor) ask(method, path, headers string, body []byte) *answer {
	began := time.Now()
	request := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: example.com\r\n%s\r\n", method, path, headers)
	request = append(request, body...)
	for range 10 {
		if !v.connect() {
			return nil
		}
		sent := time.Now()
		a, err := v.exchange(method, request)
		if err == nil {
			v.conn.answered, v.conn.came = sent, time.Now()
			if a.Close {
				v.leave()
			}
			if v.outOfTime(a, sent) {
				continue
			}
			v.s.wait(time.Since(began))
			return a
		}
		if !v.excused(err, sent) {
			v.s.fail("%s: lost %s %s after %v: %v; connected %v ago, last answer %v ago", v.name, method, path, time.Since(began),
				err, time.Since(v.conn.made), time.Since(v.conn.came))
			v.leave()
			return nil
		}
		v.leave()
	}
	v.s.fail("%s: %s %s was cut again and again", v.name, method, path)
	return nil
}

// outOfTime reports, and counts, that a good page was given up because the machine had so much other
// work that it did not get to its end. That may happen now and then, and the request is repeated.
func (v *visitor) outOfTime(a *answer, sent time.Time) bool {
	if a.StatusCode != http.StatusGatewayTimeout || time.Since(sent) < v.s.page {
		return false
	}
	v.s.count(outOfTime, time.Since(sent))
	return true
}

const outOfTime = "good pages out of time, and asked again"

// excused reports, and counts, whether a request that was sent may be repeated.
func (v *visitor) excused(err error, sent time.Time) bool {
	switch {
	case v.s.cutByKill(v.conn):
		v.s.count("requests cut by a kill, and repeated", time.Since(sent))
	case errors.Is(err, errPartial) && time.Since(sent) >= v.s.page && v.s.log.tookTooLong():
		v.s.count(outOfTime, time.Since(sent))
	case !v.conn.came.IsZero() && sent.Sub(v.conn.came) > idleEnough && !errors.Is(err, errPartial):
		v.s.count("connections found closed after a second", sent.Sub(v.conn.came))
	default:
		return false
	}
	return true
}

// errPartial is for answers that have begun.
var errPartial = errors.New("an answer has begun")

func (v *visitor) exchange(method string, request []byte) (*answer, error) {
	_ = v.conn.SetDeadline(time.Now().Add(patience))
	_, sending := v.conn.Write(request) // an answer may have come all the same
	a, err := v.receive(method)
	if err != nil && sending != nil {
		err = fmt.Errorf("%w, after %w", err, sending)
	}
	return a, err
}

// receive reads an answer.
func (v *visitor) receive(method string) (*answer, error) {
	if _, err := v.conn.in.Peek(1); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(v.conn.in, &http.Request{Method: method})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPartial, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s, %d bytes: %w", errPartial, resp.Status, len(body), err)
	}
	return &answer{resp, body, v.conn.made}, nil
}

// is reports whether an answer has a status and a body, and fails if it has not.
func (v *visitor) is(a *answer, status int, body string) bool {
	switch {
	case a == nil:
		return false
	case a.StatusCode != status:
		v.s.fail("%s: status %s, want %d: %.300q", v.name, a.Status, status, a.body)
	case !bytes.Equal(a.body, []byte(body)):
		v.s.fail("%s: wrong body of %d bytes, want %d: %.100q, want %.100q", v.name, len(a.body), len(body), a.body, body)
	default:
		return true
	}
	return false
}

func (s *soak) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = append(s.waits, d)
}
