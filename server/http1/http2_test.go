package http1

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// http2Faults are requests that no handler is to see, and the status that they get. They cost their
// stream only. Where it would be 400, the library may reset the stream instead: RFC 9113, 8.1.1.
var http2Faults = []struct {
	name   string
	fields fields
	status string
}{
	{"host with slash", good().with(":authority", "a/b"), "400"},
	{"host with space", good().with(":authority", "a b"), "400"},
	{"host with user", good().with(":authority", "u@h"), "400"},
	{"host with bad port", good().with(":authority", "h:8x"), "400"},
	{"host with high port", good().with(":authority", "h:65536"), "400"},
	{"host with two ports", good().with(":authority", "h:8:9"), "400"},
	{"host with open bracket", good().with(":authority", "[::1"), "400"},
	{"host with fragment", good().with(":authority", "h#x"), "400"},
	{"host with query", good().with(":authority", "h?x"), "400"},
	{"host with backslash", good().with(":authority", `h\i`), "400"},
	{"host with high octet", good().with(":authority", "é"), "400"},
	{"host with control character", good().with(":authority", "h\x01"), "400"},
	{"host is a list", good().with(":authority", "h,i d"), "400"},
	{"neither authority nor host", good().without(":authority"), "400"},
	{"empty authority", good().with(":authority", ""), "400"},
	{"bad host in place of authority", good("host", "a/b").without(":authority"), "400"},
	{"authority unlike host", good("host", "i"), "400"},
	{"authority unlike host in its port", good("host", "h:443"), "400"},
	{"authority and two hosts", good("host", "h", "host", "h"), "400"},
	{"two hosts", good("host", "h", "host", "i").without(":authority"), "400"},
	{"two authorities", append(fields{":authority", "h"}, good()...), "400"},

	{"absolute path", good().with(":path", "https://h/"), "400"},
	{"relative path", good().with(":path", "x"), "400"},
	{"empty path", good().with(":path", ""), "400"},
	{"no path", good().without(":path"), "400"},
	{"path with fragment", good().with(":path", "/a#b"), "400"},
	{"query with fragment", good().with(":path", "/a?b#c"), "400"},
	{"path with space", good().with(":path", "/a b"), "400"},
	{"query with space", good().with(":path", "/a?b c"), "400"},
	{"path with space at its end", good().with(":path", "/ "), "400"},
	{"path with tab", good().with(":path", "/a?\tb"), "400"},
	{"path with NUL", good().with(":path", "/\x00"), "400"},
	{"path with delete", good().with(":path", "/\x7f"), "400"},
	{"path with line end", good().with(":path", "/ HTTP/1.1\r\nA: b"), "400"},
	{"path with broken escape", good().with(":path", "/%zz"), "400"},
	{"star", good().with(":path", "*"), "400"},
	{"long path", good().with(":path", "/"+strings.Repeat("x", 8<<10)), "414"},

	{"no method", good().without(":method"), "400"},
	{"empty method", good().with(":method", ""), "400"},
	{"method with space", good().with(":method", "GET /"), "400"},
	{"method in brackets", good().with(":method", "(GET)"), "400"},
	{"method with high octet", good().with(":method", "GÉT"), "400"},
	{"long method", good().with(":method", strings.Repeat("M", 9<<10)), "501"},
	{"two methods", append(fields{":method", "GET"}, good()...), "400"},
	{"unknown scheme", good().with(":scheme", "ftp"), "400"},
	{"CONNECT without port", fields{":method", "CONNECT", ":authority", "h"}, "400"},
	{"CONNECT with path", good().with(":method", "CONNECT"), "400"},

	{"two lengths", good("content-length", "0", "content-length", "1"), "400"},
	{"the same length twice", good("content-length", "0", "content-length", "0"), "400"},
	{"length list", good("content-length", "0, 0"), "400"},
	{"length with plus", good("content-length", "+0"), "400"},
	{"length empty", good("content-length", ""), "400"},
	{"length overflow", good("content-length", "9223372036854775808"), "400"},
	{"length without a body", good("content-length", "5"), "400"},
	{"transfer coding", good("transfer-encoding", "chunked"), "400"},
	{"connection field", good("connection", "close"), "400"},
	{"keep-alive field", good("keep-alive", "1"), "400"},
	{"proxy-connection field", good("proxy-connection", "close"), "400"},
	{"upgrade field", good("upgrade", "h2c"), "400"},
	{"te field", good("te", "gzip"), "400"},

	{"unknown expectation", good("expect", "miracles"), "417"},
	{"space before a value", good("a", " b"), "400"},
	{"space behind a value", good("a", "b "), "400"},
	{"tab before a value", good("a", "\tb"), "400"},
	{"tab behind a value", good("a", "b\t"), "400"},
	{"value of a space", good("a", " "), "400"},
	{"value with line feed", good("a", "b\nc: d"), "400"},
	{"value with carriage return", good("a", "b\rc"), "400"},
	{"value with NUL", good("a", "b\x00"), "400"},
	{"name in capitals", good("A", "b"), "400"},
	{"name with space", good("a b", "c"), "400"},
	{"name with colon", good("a:b", "c"), "400"},
	{"empty name", good("", "c"), "400"},
	{"unknown pseudo-header", good(":x", "c"), "400"},
	{"pseudo-header of answers", good(":status", "200"), "400"},
	{"pseudo-header behind a field", append(fields{"a", "b"}, good()...), "400"},

	{"field of 40 KiB", good("a", strings.Repeat("x", 40<<10)), "431"},
	{"field of 200 KiB", good("a", strings.Repeat("x", 200<<10)), "431"},
	{"name of 40 KiB", good(strings.Repeat("x", 40<<10), "a"), "431"},
	{"cookies of 40 KiB", good("cookie", strings.Repeat("x", 20<<10), "cookie", strings.Repeat("y", 20<<10)), "431"},
	{"fields of 64 KiB", good(strings.Split(strings.Repeat("a,"+strings.Repeat("x", 1<<10)+",", 64), ",")[:128]...), "431"},
	{"many fields", good(strings.Split(strings.Repeat("a,b,", 100), ",")[:200]...), "431"},
}

func TestHTTP2RefusesWhatHTTP1Refuses(t *testing.T) {
	var runs atomic.Int32
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Good") == "" {
			runs.Add(1)
		}
	}), DisableGeneralOptionsHandler: true})
	f := dialHTTP2(t, addr, config)
	for _, tc := range http2Faults {
		f.head(tc.fields, true)
		got := f.answer()
		if got == "RST_STREAM PROTOCOL_ERROR" {
			got = "400"
		}
		if got != tc.status {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.status)
		}
		f.head(good("good", "yes"), true)
		if got := f.answer(); got != "200" {
			t.Fatalf("%s: the next request on the connection got %s", tc.name, got)
		}
	}
	if n := runs.Load(); n > 0 {
		t.Errorf("the handler ran %d times, want none", n)
	}
}

// TestHTTP2AcceptsOddities has what is unusual, and right.
func TestHTTP2AcceptsOddities(t *testing.T) {
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}), DisableGeneralOptionsHandler: true})
	f := dialHTTP2(t, addr, config)
	for name, list := range map[string]fields{
		"another scheme":        good().with(":scheme", "http"),
		"high octets":           good().with(":path", "/é"),
		"query like a URL":      good().with(":path", "/?http://h/"),
		"two slashes":           good().with(":path", "//h/x"),
		"star":                  good().with(":path", "*").with(":method", "OPTIONS"),
		"method of 64 letters":  good().with(":method", strings.Repeat("M", 64)),
		"host with port":        good().with(":authority", "h:8443"),
		"host of the future":    good().with(":authority", "[v1.fe80::a]:80"),
		"host said twice":       good("host", "h"),
		"host for authority":    good("host", "h").without(":authority"),
		"length of 0":           good("content-length", "0"),
		"te with trailers":      good("te", "trailers"),
		"empty value":           good("a", ""),
		"expectation":           good("expect", "100-continue"),
		"99 fields":             good(strings.Split(strings.Repeat("a,b,", 99), ",")[:198]...),
		"field of 30 KiB":       good("a", strings.Repeat("x", 30<<10)),
		"cookies in two fields": good("cookie", "a=b", "cookie", "c=d"),
	} {
		f.head(list, true)
		if got := f.answer(); got != "200" {
			t.Errorf("%s: got %s, want 200", name, got)
		}
	}
}

// TestHTTP2HeadThatDoesNotEnd has a client that begins and does not go on.
func TestHTTP2HeadThatDoesNotEnd(t *testing.T) {
	addr, config := serveTLS(t, &Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}),
		HeaderTimeout: 100 * time.Millisecond,
	})
	for name, begin := range map[string]func(*framer){
		"head without end": func(f *framer) {
			f.must(0, f.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: []byte{0x82}}))
		},
		"continued head without end": func(f *framer) {
			f.must(0, f.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: []byte{0x82}}))
			f.must(0, f.WriteContinuation(3, false, []byte{0x84}))
		},
		"half a frame":           func(f *framer) { f.must(f.conn.Write([]byte{0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2})) },
		"half a frame's header":  func(f *framer) { f.must(f.conn.Write([]byte{0, 0})) },
		"frame without payload":  func(f *framer) { f.must(f.conn.Write([]byte{0, 0, 8, 1, 5, 0, 0, 0, 3})) },
		"octets one after other": func(f *framer) { f.must(f.conn.Write([]byte{0, 0, 8, 1})) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := dialHTTP2(t, addr, config)
			f.head(good(), true) // a request that lasts does not save the connection
			begin(f)
			if got := f.end(); got != "closed" {
				t.Errorf("got %s, want the end of the connection", got)
			}
		})
	}
	t.Run("preface without end", func(t *testing.T) {
		t.Parallel()
		config := config.Clone()
		config.NextProtos = []string{"h2"}
		c, err := tls.Dial("tcp", addr, config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience / 2))
		io.WriteString(c, "PRI * HT")
		if _, err := io.ReadAll(c); isTimeout(err) {
			t.Error("the connection does not end")
		}
	})
	t.Run("body without end", func(t *testing.T) {
		t.Parallel()
		f := dialHTTP2(t, addr, config)
		f.head(good(), true)
		f.head(good("content-length", "5"), false)
		f.must(f.conn.Write([]byte{0, 0, 5, 0, 1, 0, 0, 0, 3, 'h'}))
		f.conn.SetDeadline(time.Now().Add(time.Second))
		if got := f.end(); got != "no end" {
			t.Errorf("got %s, want the connection to stay: a body has limits of its own", got)
		}
	})
}

// http2Floods are frames that bring nothing.
var http2Floods = map[string]func(f *framer) error{
	"PING":              func(f *framer) error { return f.WritePing(false, [8]byte{}) },
	"PING that answers": func(f *framer) error { return f.WritePing(true, [8]byte{}) },
	"SETTINGS":          func(f *framer) error { return f.WriteSettings() },
	"SETTINGS with a table": func(f *framer) error {
		return f.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 1})
	},
	"SETTINGS that acknowledge": func(f *framer) error { return f.WriteSettingsAck() },
	"PRIORITY":                  func(f *framer) error { return f.WritePriority(1, http2.PriorityParam{StreamDep: 3}) },
	"WINDOW_UPDATE":             func(f *framer) error { return f.WriteWindowUpdate(0, 1) },
	"WINDOW_UPDATE of a stream": func(f *framer) error { return f.WriteWindowUpdate(1, 1) },
	"empty DATA":                func(f *framer) error { return f.WriteData(1, false, nil) },
	"DATA of padding":           func(f *framer) error { return f.WriteDataPadded(1, false, nil, make([]byte, 100)) },
	"unknown frames":            func(f *framer) error { return f.WriteRawFrame(0xbe, 0, 0, nil) },
	"resets":                    func(f *framer) error { return f.WriteRSTStream(1, http2.ErrCodeCancel) },
	"requests and resets": func(f *framer) error {
		return errors.Join(f.begin(good(), true), f.WriteRSTStream(f.stream, http2.ErrCodeCancel))
	},
	"answered requests and resets": func(f *framer) error {
		return errors.Join(f.begin(good().with(":path", "/answer"), true), f.WriteRSTStream(f.stream, http2.ErrCodeCancel))
	},
	"heads that have to be reset": func(f *framer) error {
		return f.begin(good().with(":path", "x"), true)
	},
	"requests that have to be reset": func(f *framer) error {
		return errors.Join(f.begin(good(), false), f.WriteWindowUpdate(f.stream, 0))
	},
}

func TestHTTP2FloodIsCut(t *testing.T) {
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/answer" {
			w.Write(make([]byte, 1<<10))
			return
		}
		<-r.Context().Done()
	})})
	for name, flood := range http2Floods {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := dialHTTP2(t, addr, config)
			f.head(good(), false)
			go func() {
				for range 50_000 {
					if flood(f) != nil {
						return
					}
				}
			}()
			if got := f.end(); got == "no end" {
				t.Errorf("got %s, want the end of the connection", got)
			}
		})
	}
	t.Run("CONTINUATION", func(t *testing.T) {
		t.Parallel()
		f := dialHTTP2(t, addr, config)
		go func() {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
			for range 50_000 {
				if f.WriteContinuation(1, false, nil) != nil {
					return
				}
			}
		}()
		if got := f.end(); got == "no end" {
			t.Errorf("got %s, want the end of the connection", got)
		}
	})
}

// TestHTTP2BusyClientIsNoFlood has clients that send many small frames, with a reason.
func TestHTTP2BusyClientIsNoFlood(t *testing.T) {
	addr, config := serveTLS(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(make([]byte, 8<<20))
	})})
	f := dialHTTP2(t, addr, config)
	f.head(good(), false)
	for range 5000 {
		f.must(0, f.WriteData(1, false, []byte("x")))
	}
	f.must(0, f.WriteData(1, true, nil))
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			t.Fatal(frame)
		case *http2.DataFrame:
			if frame.StreamEnded() {
				return
			}
			for left := frame.Length; left > 0; left -= min(left, 1<<10) { // room in small pieces
				f.must(0, f.WriteWindowUpdate(0, min(left, 1<<10)))
				f.must(0, f.WriteWindowUpdate(1, min(left, 1<<10)))
			}
		}
	}
}

// TestShutdownOfHTTP2 has connections of every age when the server stops: those with a request get to
// its end, and all are told.
func TestShutdownOfHTTP2(t *testing.T) {
	begun, answer := make(chan struct{}), make(chan struct{})
	s := &Server{IdleGrace: 50 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(begun)
			<-answer
		}
	})}
	addr, config := serveTLS(t, s)
	idle, busy, fresh := dialHTTP2(t, addr, config), dialHTTP2(t, addr, config), dialHTTP2(t, addr, config)
	idle.head(good(), true)
	if got := idle.answer(); got != "200" {
		t.Fatal(got)
	}
	busy.head(good().with(":path", "/slow"), true)
	receive(t, "the handler", begun)
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(shortly(t)) }()
	for name, f := range map[string]*framer{"idle": idle, "fresh": fresh, "busy": busy} {
		if got := f.end(); got != "GOAWAY NO_ERROR" {
			t.Errorf("%s: got %s, want to be told", name, got)
		}
	}
	select {
	case err := <-stopped:
		t.Fatalf("it has stopped with a request under way: %v", err)
	default:
	}
	close(answer)
	if got := busy.answer(); got != "200" {
		t.Errorf("busy: got %s, want the answer", got)
	}
	if err := receive(t, "the stop", stopped); err != nil {
		t.Error(err)
	}
}
