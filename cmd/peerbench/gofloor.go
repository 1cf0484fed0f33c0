//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
)

// goFloors are what Go itself costs. Both are this program, started again.
func goFloors() []*peer {
	handler := lacking("has no files", files...)
	handler["edit"] = "needs a restart"
	return []*peer{
		{name: "net-http", about: "a bare handler in Go", lacks: handler, find: findFloor("pages")},
		{
			name: "fileserver", about: "http.FileServer in Go", edit: fileEdit,
			lacks: lacking("has no pages", append(pages, "hello")...), find: findFloor("files"),
		},
	}
}

func findFloor(role string) func(context.Context, *finder) (*installed, error) {
	return func(context.Context, *finder) (*installed, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		return &installed{version: runtime.Version(), launch: func(_ context.Context, r *room) ([]command, error) {
			c := r.command(self)
			c.env = []string{roleVariable + "=" + role, "PEERBENCH_ADDR=" + r.Addr, "PEERBENCH_HTML=" + r.HTML}
			return []command{c}, nil
		}}, nil
	}
}

// serveFiles is what the role files does.
func serveFiles() error {
	return http.ListenAndServe(os.Getenv("PEERBENCH_ADDR"), http.FileServer(http.Dir(os.Getenv("PEERBENCH_HTML"))))
}

// servePages is what the role pages does.
func servePages() error {
	return http.ListenAndServe(os.Getenv("PEERBENCH_ADDR"), http.HandlerFunc(servePage))
}

func servePage(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/hello":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "Hello from "+r.Method+" "+r.URL.Path+"\n")
	case "/json":
		query := r.URL.Query()
		n, _ := strconv.Atoi(query.Get("n"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(jsonPage(r.Method, r.URL.Path, query.Get("name"), n))
	case "/rows":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(rowsPage())
	case "/echo":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(body)
	default:
		http.NotFound(w, r)
	}
}
