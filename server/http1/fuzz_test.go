package http1

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script is a connection whose client has said everything already, and reads everything. It gives
// out its input in steps of a size.
type script struct {
	in   []byte
	step int
	out  bytes.Buffer
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.in) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.step)], s.in)
	s.in = s.in[n:]
	return n, nil
}
func (s *script) Write(p []byte) (int, error)      { return s.out.Write(p) }
func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// play runs a connection with an input and returns the output.
func play(s *Server, input []byte, step int) []byte {
	s.Logger = slog.New(slog.DiscardHandler)
	s.init()
	nc := &script{in: input, step: step}
	c := &conn{srv: s, lim: &s.lim, nc: nc, base: context.Background(), local: nc.LocalAddr()}
	c.openSocket()
	s.add(c)
	c.serve()
	return nc.out.Bytes()
}

// seen is what a handler sees of a request.
type seen struct {
	Method, URI, URL, Proto, Host string
	Header                        http.Header
	Length                        int64
	Close                         bool
	TE                            []string
	Body                          string
	Err                           string // of the body
}

func see(r *http.Request) seen {
	s := seen{
		Method: r.Method, URI: r.RequestURI, URL: fmt.Sprintf("%#v", *r.URL), Proto: r.Proto, Host: r.Host,
		Header: r.Header.Clone(), Length: r.ContentLength, Close: r.Close, TE: slices.Clone(r.TransferEncoding),
	}
	b, err := io.ReadAll(r.Body)
	if s.Body = string(b); err != nil {
		s.Err = err.Error()
	}
	return s
}

const (
	token     = "[-!#$%&'*+.^_`|~0-9A-Za-z]+"
	fieldChar = "[^\x00-\x08\x0a-\x1f\x7f]"
	quoted    = "\"([^\x00-\x08\x0a-\x1f\x7f\"\\\\]|\\\\" + fieldChar + ")*\""
	extension = "[ \t]*;[ \t]*" + token + "([ \t]*=[ \t]*(" + token + "|" + quoted + "))?"
)

// The grammar of a head, written down once more: RFC 9112, 3 and 5.
var (
	grammarLine  = regexp.MustCompile("^" + token + " [^\x00- #\x7f]+ HTTP/1\\.[0-9]$")
	grammarField = regexp.MustCompile("^" + token + ":" + fieldChar + "*$")
	grammarHost  = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|\[[vV][0-9A-Fa-f]+\.[-._~0-9A-Za-z!$&'()*+,;=:]+\]|([-._~0-9A-Za-z!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(:[0-9]*)?$`)
	grammarSize  = regexp.MustCompile("^[0-9]+$")
)

// grammatical returns why a head must be refused.
func grammatical(head string) error {
	lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
	if !grammarLine.MatchString(lines[0]) {
		return fmt.Errorf("request line %q", lines[0])
	}
	var hosts, lengths, codings []string
	for _, line := range lines[1:] {
		if !grammarField.MatchString(line) {
			return fmt.Errorf("field line %q", line)
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		switch strings.ToLower(name) {
		case "host":
			hosts = append(hosts, value)
		case "content-length":
			lengths = append(lengths, value)
		case "transfer-encoding":
			codings = append(codings, strings.ToLower(value))
		}
	}
	old := strings.HasSuffix(lines[0], "HTTP/1.0")
	switch {
	case len(hosts) > 1 || len(hosts) == 0 && !old || len(hosts) == 1 && !grammarHost.MatchString(hosts[0]):
		return fmt.Errorf("hosts %q", hosts)
	case len(lengths) > 1 || len(lengths) == 1 && !grammarSize.MatchString(lengths[0]):
		return fmt.Errorf("lengths %q", lengths)
	case len(codings) > 0 && (old || len(lengths) > 0 || !slices.Equal(codings, []string{"chunked"})):
		return fmt.Errorf("codings %q", codings)
	case len(lines)-1 > DefaultMaxHeaderFields:
		return fmt.Errorf("%d fields", len(lines)-1)
	}
	method, target, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(lines[0], " HTTP/1.1"), " HTTP/1.0"), " ")
	ok := target[0] == '/' || target == "*" && method == "OPTIONS" || strings.Contains(target, "://")
	if method == "CONNECT" {
		ok = grammarHost.MatchString(target)
	}
	if !ok {
		return fmt.Errorf("target %q", target)
	}
	return nil
}

// FuzzRequest: whatever comes in, nothing panics; a request that is accepted has the strict
// grammar, and net/http reads it in the same way, from the same place; reuse makes no difference.
func FuzzRequest(f *testing.F) {
	for _, tc := range headFaults {
		f.Add([]byte(tc.input+last("/")), uint8(0))
	}
	for _, tc := range sameCases {
		if len(tc.input) < 5000 {
			f.Add([]byte(tc.input), uint8(7))
		}
	}
	for _, tc := range bodyFaults {
		f.Add([]byte("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"+tc.body), uint8(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		if len(data) > 100_000 {
			return
		}
		record := func(reuse bool) (got []seen) {
			play(&Server{ReuseRequests: reuse, DisableGeneralOptionsHandler: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = append(got, see(r))
			})}, data, int(step)+1)
			return got
		}
		got := record(false)
		compareToStd(t, data, got)
		if diff := cmp.Diff(got, record(true)); diff != "" {
			t.Errorf("-fresh +reused:\n%s", diff)
		}
	})
}

// stdKnowsHost is false for targets with a host that RFC 3986 allows and net/url refuses, or decodes.
func stdKnowsHost(g seen) bool {
	return g.URI[0] == '/' || !strings.Contains(g.Host, "%") && !strings.HasPrefix(strings.ToLower(g.Host), "[v")
}

// compareToStd reads with net/http what was accepted.
func compareToStd(t *testing.T, data []byte, got []seen) {
	at := bytes.NewReader(data)
	r := bufio.NewReader(at)
	for i, g := range got {
		if b, _ := r.Peek(2); string(b) == "\r\n" {
			r.Discard(2)
		}
		rest := data[len(data)-at.Len()-r.Buffered():]
		end := bytes.Index(rest, []byte("\r\n\r\n"))
		if end < 0 {
			t.Fatalf("request %d: accepted without an end", i)
		}
		if err := grammatical(string(rest[:end+4])); err != nil {
			t.Fatalf("request %d: accepted with %v", i, err)
		}
		if !stdKnowsHost(g) {
			return
		}
		req, err := http.ReadRequest(r)
		if err != nil {
			t.Fatalf("request %d: net/http refuses it: %v", i, err)
		}
		delete(req.Header, "Host")
		if req.Trailer != nil {
			delete(req.Header, "Trailer")
		}
		want := see(req)
		if want.Proto != "HTTP/1.0" {
			want.Proto = "HTTP/1.1" // what is newer is read as that
		}
		if g.Err != "" {
			if i != len(got)-1 {
				t.Fatalf("request %d: another one was run after a broken body", i)
			}
			want.Body, g.Body = "", ""
		} else if want.Err != "" {
			t.Fatalf("request %d: net/http refuses the body: %v", i, want.Err)
		}
		want.Err, g.Err = "", ""
		if diff := cmp.Diff(want, g); diff != "" {
			t.Fatalf("request %d: -net/http +http1:\n%s", i, diff)
		}
	}
}
