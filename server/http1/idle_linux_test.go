package http1

import (
	"net"
	"net/http"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestIdleConnectionsAreSmall opens connections, has each answered once, and looks at the memory
// that they take while they wait: stacks, buffers and all. The clients are bare descriptors.
func TestIdleConnectionsAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("opens 5,000 connections")
	}
	const most = 16 << 10
	n := 5000
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err == nil {
		n = min(n, int(files.Cur)/2-100)
	}
	for name, reuse := range map[string]bool{"fresh": false, "reused": true} {
		t.Run(name, func(t *testing.T) {
			if each := idleCost(t, n, reuse); each > most {
				t.Errorf("an idle connection takes %d bytes, want at most %d", each, most)
			}
		})
	}
}

// idleCost returns the bytes that each of n idle connections takes.
func idleCost(t *testing.T, n int, reuse bool) int {
	s := &Server{ReuseRequests: reuse, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grow(50)
		text("answer")(w, r)
	})}
	l := listen(t)
	go s.Serve(l)
	addr := l.Addr()
	before := inUse()
	fds := make([]int, 0, n)
	defer func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
		s.Close()
	}()
	for range n {
		fds = append(fds, openIdle(t, addr))
	}
	waitFor(t, "the connections to be idle", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		idle := 0
		for c := range s.conns {
			if c.reading.load().kind() == phaseIdle {
				idle++
			}
		}
		return idle == n
	})
	each := (int(inUse()) - int(before)) / n
	t.Logf("%d connections, %d bytes each", n, each)
	return each
}

// grow uses some kilobytes of stack, as handlers do.
func grow(n int) int {
	var pad [100]byte
	if n == 0 {
		return 0
	}
	pad[n] = byte(n)
	return grow(n-1) + int(pad[n/2])
}

// inUse returns the bytes of heap and stacks in use, after what is garbage has gone and stacks
// have shrunk.
func inUse() uint64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// openIdle opens a connection and has one request answered.
func openIdle(t *testing.T, addr net.Addr) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	to := &unix.SockaddrInet4{Port: addr.(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Connect(fd, to); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(fd, []byte(get("/"))); err != nil {
		t.Fatal(err)
	}
	var buf [1000]byte
	if n, err := unix.Read(fd, buf[:]); n <= 0 || err != nil {
		t.Fatalf("read %d: %v", n, err)
	}
	return fd
}
