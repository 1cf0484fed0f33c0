package http1_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"wizgy/server/http1"
)

func Example() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello from %s", r.URL.Path)
	})}
	served := make(chan error)
	go func() { served <- srv.Serve(l) }()

	resp, err := http.Get("http://" + l.Addr().String() + "/here")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))

	srv.Shutdown(context.Background())
	fmt.Println(<-served)
	// Output:
	// Hello from /here
	// http: Server closed
}

// A reason phrase that is not the usual one.
func ExampleServer_reason() {
	handler := func(w http.ResponseWriter, r *http.Request) {
		if s, ok := w.(interface {
			WriteStatus(status int, reason string)
		}); ok {
			s.WriteStatus(http.StatusNotFound, "No Such Page")
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &http1.Server{Handler: http.HandlerFunc(handler)}
	defer srv.Close()
	go srv.Serve(l)

	resp, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 404 No Such Page
}
