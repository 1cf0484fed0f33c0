package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// client returns the script's client, which never uses a connection twice, and takes answers and
// certificates as they are.
func client(ts *testscript.TestScript) *http.Transport {
	transport := &http.Transport{
		DisableKeepAlives: true, DisableCompression: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: ts.Getenv("HTTP") == "2",
	}
	if socket := ts.Getenv("SOCKET"); socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(socket))
		}
	}
	return transport
}

// newRequest makes a request of METHOD PATH and what follows. It returns what -until wants.
func newRequest(ctx context.Context, ts *testscript.TestScript, args []string) (r *http.Request, until string) {
	if len(args) < 2 || len(args)%2 != 0 {
		ts.Fatalf("usage: METHOD PATH [-H 'Name: value'] [-d body] [-f file] [-until text]")
	}
	header := http.Header{}
	var body []byte
	for rest := args[2:]; len(rest) > 0; rest = rest[2:] {
		switch value := rest[1]; rest[0] {
		case "-H":
			name, value, _ := strings.Cut(value, ": ")
			header.Add(name, value)
		case "-d":
			body = []byte(value)
		case "-f":
			body = []byte(ts.ReadFile(value))
		case "-until":
			until = value
		default:
			ts.Fatalf("unknown option %s", rest[0])
		}
	}
	r, err := http.NewRequestWithContext(ctx, args[0], urlOf(ts)+args[1], bytes.NewReader(body))
	ts.Check(err)
	r.Header = header
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	return r, until
}

// urlOf returns where the server is. Through a Unix socket it is anywhere.
func urlOf(ts *testscript.TestScript) string {
	if url := ts.Getenv("URL"); !strings.HasPrefix(url, "unix:") {
		return url
	}
	return "http://localhost"
}

// request asks the server.
func request(ts *testscript.TestScript, neg bool, args []string) {
	var got string
	once := func() (until string, err error) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		r, until := newRequest(ctx, ts, args)
		resp, err := client(ts).RoundTrip(r)
		if err == nil {
			got, err = keep(ts, resp)
		}
		return until, err
	}
	until, err := once()
	switch {
	case until == "" && neg != (err != nil):
		ts.Fatalf("http %s: %v\n%s", strings.Join(args, " "), err, logOf(ts))
	case until == "":
		return
	}
	good := func() bool { return err == nil && strings.Contains(got, until) != neg }
	if !good() && !poll(func() bool { _, err = once(); return good() }) {
		ts.Fatalf("http %s: the body is still %q (%v)\n%s", strings.Join(args, " "), got, err, logOf(ts))
	}
}

// keep reads an answer and writes it into files.
func keep(ts *testscript.TestScript, resp *http.Response) (body string, err error) {
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	var head bytes.Buffer
	resp.Header.Del("Date")
	ts.Check(resp.Header.Write(&head))
	write(ts, "status", []byte(resp.Status+"\n"))
	write(ts, "head", bytes.ReplaceAll(head.Bytes(), []byte("\r\n"), []byte("\n")))
	write(ts, "body", got)
	return string(got), err
}

// exchanges are the requests whose answers a script reads piece by piece, by name.
type exchanges map[string]*exchange

type exchangesKey struct{}

// exchange is one of them. The script has patience with each step of it, not with the whole.
type exchange struct {
	cancel context.CancelFunc
	came   chan struct{} // closed when the head has come, or an error
	resp   *http.Response
	err    error
	body   *bufio.Reader
}

func exchangeOf(ts *testscript.TestScript, name string) *exchange {
	x := ts.Value(exchangesKey{}).(exchanges)[name]
	if x == nil {
		ts.Fatalf("nothing was opened as %s", name)
	}
	return x
}

func begin(ts *testscript.TestScript, args []string) *exchange {
	ctx, cancel := context.WithCancel(context.Background())
	ts.Defer(cancel)
	r, _ := newRequest(ctx, ts, args)
	x := &exchange{cancel: cancel, came: make(chan struct{})}
	c := client(ts)
	go func() {
		defer close(x.came)
		if x.resp, x.err = c.RoundTrip(r); x.err == nil {
			x.body = bufio.NewReader(x.resp.Body)
		}
	}()
	return x
}

// patiently has whatever waits for the exchange fail when patience is at its end.
func (x *exchange) patiently() (done func() bool) { return time.AfterFunc(patience, x.cancel).Stop }

// until reads until text has come.
func (x *exchange) until(text string) error {
	defer x.patiently()()
	<-x.came
	if x.err != nil {
		return x.err
	}
	var got []byte
	for !bytes.Contains(got, []byte(text)) {
		b, err := x.body.ReadByte()
		if err != nil {
			return fmt.Errorf("no %q in %q: %w", text, got, err)
		}
		got = append(got, b)
	}
	return nil
}

// sendRequest begins an exchange.
func sendRequest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: send NAME METHOD PATH …")
	}
	ts.Value(exchangesKey{}).(exchanges)[args[0]] = begin(ts, args[1:])
}

// hang begins an exchange with a page that cannot be stopped, and waits until the log says so. On a slow
// machine the page may be stopped before it has come to where it cannot be: then it is tried again.
func hang(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hang NAME PATH")
	}
	said := regexp.MustCompile("(?m)ERROR .*the page cannot be stopped: .* path=" + regexp.QuoteMeta(args[1]) + "( |$)")
	for range 5 {
		sendRequest(ts, false, []string{args[0], "GET", args[1]})
		x := exchangeOf(ts, args[0])
		answered := func() bool {
			select {
			case <-x.came:
				return x.err == nil
			default:
				return false
			}
		}
		if !poll(func() bool { return answered() || said.MatchString(logOf(ts)) }) {
			break
		}
		if !answered() {
			return
		}
	}
	ts.Fatalf("%s does not hang:\n%s", args[1], logOf(ts))
}

// openRequest begins an exchange and waits for the head.
func openRequest(ts *testscript.TestScript, neg bool, args []string) {
	sendRequest(ts, false, args)
	x := exchangeOf(ts, args[0])
	defer x.patiently()()
	<-x.came
	if (x.err != nil) != neg {
		ts.Fatalf("open %s: %v\n%s", strings.Join(args, " "), x.err, logOf(ts))
	}
}

// readText reads a part of an answer.
func readText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: read NAME text")
	}
	if err := exchangeOf(ts, args[0]).until(args[1]); err != nil {
		ts.Fatalf("read %s: %v\n%s", args[0], err, logOf(ts))
	}
}

// readRest reads what is left of an answer. The files have that only.
func readRest(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: rest NAME")
	}
	x := exchangeOf(ts, args[0])
	defer x.patiently()()
	<-x.came
	err := x.err
	if err == nil {
		x.resp.Body = struct {
			io.Reader
			io.Closer
		}{x.body, x.resp.Body}
		_, err = keep(ts, x.resp)
	}
	if (err != nil) != neg {
		ts.Fatalf("rest %s: %v\n%s", args[0], err, logOf(ts))
	}
}

// leave closes a connection, or those of a crowd.
func leave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: leave NAME")
	}
	if crowd := ts.Value(crowdsKey{}).(crowds)[args[0]]; crowd != nil {
		for _, x := range crowd {
			x.cancel()
		}
		return
	}
	exchangeOf(ts, args[0]).cancel()
}

// crowds are the clients that together has left with their answers open, by the crowd's name.
type crowds map[string][]*exchange

type crowdsKey struct{}

// together has many requests under way at once, until each client has read some text twice; or
// once, if they go on under a name.
func together(ts *testscript.TestScript, neg bool, args []string) {
	times, name := 2, ""
	if len(args) == 6 && args[0] == "-as" {
		times, name, args = 1, args[1], args[2:]
	}
	if neg || len(args) != 4 {
		ts.Fatalf("usage: together [-as NAME] N METHOD PATH text")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var all []*exchange
	for range n {
		all = append(all, begin(ts, args[1:3]))
	}
	for range times {
		for i, x := range all {
			if err := x.until(args[3]); err != nil {
				ts.Fatalf("client %d of %d: %v\n%s", i+1, n, err, logOf(ts))
			}
		}
	}
	if name != "" {
		ts.Value(crowdsKey{}).(crowds)[name] = all
		return
	}
	for _, x := range all {
		x.cancel()
	}
}

// raw sends bytes and keeps what comes back.
func raw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: raw FILE")
	}
	conn, err := net.Dial("tcp", ts.Getenv("ADDR"))
	ts.Check(err)
	defer conn.Close()
	ts.Check(conn.SetDeadline(time.Now().Add(patience)))
	sent := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	_, err = io.WriteString(conn, strings.ReplaceAll(sent, "\n", "\r\n"))
	ts.Check(err)
	wire, err := io.ReadAll(conn)
	if err != nil {
		ts.Fatalf("the server keeps the connection open, or broke it: %v\n%s\n%s", err, wire, logOf(ts))
	}
	write(ts, "wire", wire)
	answers := bufio.NewReader(bytes.NewReader(wire))
	for i := 1; ; i++ {
		if _, err := answers.Peek(1); err != nil {
			return
		}
		resp, err := http.ReadResponse(answers, nil)
		ts.Check(err)
		body, err := io.ReadAll(resp.Body)
		ts.Check(err)
		write(ts, fmt.Sprintf("body%d", i), body)
	}
}
