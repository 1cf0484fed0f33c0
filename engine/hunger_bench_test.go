package engine

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkHelloWatched is BenchmarkHello/engine with the heap being watched.
func BenchmarkHelloWatched(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.js"), []byte(helloPage), 0o644); err != nil {
		b.Fatal(err)
	}
	e, err := New(Config{Dir: dir, Logger: slog.New(slog.DiscardHandler), MaxHeap: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	r := httptest.NewRequest("GET", "/hello", nil)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := e.ServePage(w, r); err != nil {
			b.Fatal(err)
		}
	}
}
