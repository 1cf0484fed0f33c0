package http1

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// framer is a client that speaks HTTP/2 frame by frame.
type framer struct {
	*http2.Framer
	t      *testing.T
	conn   *tls.Conn
	block  bytes.Buffer
	hpack  *hpack.Encoder
	stream uint32 // of the last request
}

// dialHTTP2 begins a connection.
func dialHTTP2(t *testing.T, addr string, config *tls.Config) *framer {
	t.Helper()
	config = config.Clone()
	config.NextProtos = []string{"h2"}
	c, err := tls.Dial("tcp", addr, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	f := &framer{Framer: http2.NewFramer(c, c), t: t, conn: c, stream: ^uint32(0)}
	f.AllowIllegalWrites = true
	f.hpack = hpack.NewEncoder(&f.block)
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.must(io.WriteString(c, http2.ClientPreface))
	f.must(0, f.WriteSettings())
	return f
}

func (f *framer) must(_ int, err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// fields are names and values in turn.
type fields []string

// good begins a request as it should be.
func good(more ...string) fields {
	return append(fields{":method", "GET", ":scheme", "https", ":authority", "h", ":path", "/"}, more...)
}

// with returns the fields with another value for a name.
func (f fields) with(name, value string) fields {
	changed := append(fields(nil), f...)
	for i := 0; i < len(f); i += 2 {
		if f[i] == name {
			changed[i+1] = value
		}
	}
	return changed
}

// without returns the fields but those of a name.
func (f fields) without(name string) fields {
	var left fields
	for i := 0; i < len(f); i += 2 {
		if f[i] != name {
			left = append(left, f[i], f[i+1])
		}
	}
	return left
}

func (f *framer) encode(list fields) []byte {
	f.block.Reset()
	for i := 0; i < len(list); i += 2 {
		_ = f.hpack.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1]}) // to memory
	}
	return f.block.Bytes()
}

// head sends the head of a new request.
func (f *framer) head(list fields, end bool) {
	f.t.Helper()
	f.must(0, f.begin(list, end))
}

func (f *framer) begin(list fields, end bool) error {
	const most = 16 << 10
	f.stream += 2
	block := f.encode(list)
	first := block[:min(most, len(block))]
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: f.stream, BlockFragment: first, EndStream: end, EndHeaders: len(first) == len(block)})
	for block = block[len(first):]; len(block) > 0; {
		n := min(most, len(block))
		err = errors.Join(err, f.WriteContinuation(f.stream, n == len(block), block[:n]))
		block = block[n:]
	}
	return err
}

// answer returns the status of the last request, or how its stream was reset.
func (f *framer) answer() string {
	f.t.Helper()
	status := ""
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return "end: " + err.Error()
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			return "GOAWAY " + frame.ErrCode.String()
		case *http2.RSTStreamFrame:
			if frame.StreamID == f.stream && status == "" {
				return "RST_STREAM " + frame.ErrCode.String()
			}
		case *http2.MetaHeadersFrame:
			if status = frame.PseudoValue("status"); frame.StreamEnded() {
				return status
			}
		case *http2.DataFrame:
			if frame.StreamEnded() {
				return status
			}
		}
	}
}

// end reads until the server says that the connection ends, or ends it.
func (f *framer) end() string {
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			if timeout := interface{ Timeout() bool }(nil); errors.As(err, &timeout) && timeout.Timeout() {
				return "no end"
			}
			return "closed"
		}
		if frame, ok := frame.(*http2.GoAwayFrame); ok {
			return "GOAWAY " + frame.ErrCode.String()
		}
	}
}
