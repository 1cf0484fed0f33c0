package http1

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The child process of BenchmarkServerCPU is this test binary.
func TestMain(m *testing.M) {
	if kind := os.Getenv("HTTP1_BENCH_SERVER"); kind != "" {
		l, err := net.FileListener(os.NewFile(3, "listener"))
		if err != nil {
			panic(err)
		}
		serveKind(kind, l)
		return
	}
	os.Exit(m.Run())
}

func hello(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "Hello from "+r.URL.Path+"\n")
}

// serveKind serves hello with one of the servers that are compared.
func serveKind(kind string, l net.Listener) {
	switch kind {
	case "bare":
		serveBare(l)
	case "nethttp":
		(&http.Server{Handler: http.HandlerFunc(hello)}).Serve(l)
	default:
		(&Server{Handler: http.HandlerFunc(hello), ReuseRequests: kind == "http1-reuse"}).Serve(l)
	}
}

// serveBare is the floor: a loop that reads, and writes the answer to whatever it has read.
func serveBare(l net.Listener) {
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Length: 18\r\n\r\nHello from /hello\n")
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 4096)
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
				if _, err := c.Write(answer); err != nil {
					return
				}
			}
		}()
	}
}

var benchKinds = []string{"bare", "http1-reuse", "http1", "nethttp"}

const benchRequest = "GET /hello HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n"

// exchangeRaw sends a request and reads an answer with as little work as possible.
func exchangeRaw(c net.Conn, buf []byte) error {
	if _, err := io.WriteString(c, benchRequest); err != nil {
		return err
	}
	for n := 0; ; {
		m, err := c.Read(buf[n:])
		if err != nil {
			return err
		}
		if n += m; bytes.HasSuffix(buf[:n], []byte("Hello from /hello\n")) {
			return nil
		}
	}
}

// BenchmarkHello is one connection in one process: its figures have the client's costs in them.
func BenchmarkHello(b *testing.B) {
	for _, kind := range benchKinds {
		b.Run(kind, func(b *testing.B) {
			l := benchListener(b)
			go serveKind(kind, l)
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			buf := make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				if err := exchangeRaw(c, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchListener(b *testing.B) net.Listener {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

// BenchmarkServerCPU runs the server in a process of its own, with 32 connections, and reports
// the processor time, user and system, that this process takes for a request.
func BenchmarkServerCPU(b *testing.B) {
	for _, kind := range benchKinds {
		b.Run(kind, func(b *testing.B) {
			l := benchListener(b)
			f, err := l.(*net.TCPListener).File()
			if err != nil {
				b.Fatal(err)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "HTTP1_BENCH_SERVER="+kind, "GOMAXPROCS=1")
			cmd.ExtraFiles = []*os.File{f}
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			defer cmd.Wait()
			defer cmd.Process.Kill()
			loadAll(b, l.Addr().String(), 1000) // warm
			before := cpuTime(b, cmd.Process.Pid)
			b.ResetTimer()
			loadAll(b, l.Addr().String(), b.N)
			b.StopTimer()
			b.ReportMetric((cpuTime(b, cmd.Process.Pid)-before)*1e6/float64(b.N), "server-µs/op")
		})
	}
}

func loadAll(b *testing.B, addr string, n int) {
	b.Helper()
	const conns = 32
	var wg sync.WaitGroup
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		wg.Go(func() {
			defer c.Close()
			buf := make([]byte, 4096)
			for j := i; j < n; j += conns {
				if err := exchangeRaw(c, buf); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// cpuTime returns the seconds of processor time that a process has used.
func cpuTime(b *testing.B, pid int) float64 {
	b.Helper()
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/schedstat")
	if err != nil {
		b.Skip(err)
	}
	_ = stat
	total := 0.0
	tasks, _ := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	for _, t := range tasks {
		f, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/task/" + t.Name() + "/schedstat")
		if err == nil {
			ns, _ := strconv.ParseFloat(strings.Fields(string(f))[0], 64)
			total += ns / 1e9
		}
	}
	return total
}

// endless is a connection whose client sends a number of requests, each when it is asked for more,
// and drops the answers.
type endless struct {
	script
	left int
	done chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if len(p) == 1 { // this server waits for one octet where there is no socket
		return copy(p, benchRequest), nil
	}
	e.left--
	if len(e.in) > 0 {
		return copy(p, benchRequest[1:]), nil
	}
	return copy(p, benchRequest), nil
}
func (e *endless) Write(p []byte) (int, error) { return len(p), nil }
func (e *endless) Close() error                { close(e.done); return nil }

// BenchmarkInMemory is what a request costs without the kernel.
func BenchmarkInMemory(b *testing.B) {
	for _, kind := range benchKinds[1:] {
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			c := &endless{left: b.N, done: make(chan struct{})}
			if kind != "nethttp" {
				c.in = []byte("rest")
			}
			l := make(pipes, 1)
			defer l.Close()
			go serveKind(kind, l)
			b.ResetTimer()
			l <- c
			<-c.done
		})
	}
}
