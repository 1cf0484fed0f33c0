package server_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"wizgy/server"
)

// A server is an object with an address and a document root, and one call starts it. It serves
// until its context ends: here after a moment, in a program with signal.NotifyContext.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	s, err := server.New(server.Config{Addr: "127.0.0.1:0", Root: "html"})
	if err != nil {
		log.Fatal(err)
	}
	err = s.ListenAndServe(ctx)
	fmt.Println("stopped:", err)
	// Output: stopped: <nil>
}

// hello is a page, as a whole site of pages can be: anything with the method ServePage.
type hello struct{}

func (hello) ServePage(w http.ResponseWriter, r *http.Request) error {
	_, err := fmt.Fprintln(w, "Hello from a page,", r.URL.Path)
	return err
}

// Files win; what no file answers goes to pages. Ending the context stops the server.
func ExampleServer_Serve() {
	root, _ := os.MkdirTemp("", "html")
	defer os.RemoveAll(root)
	_ = os.WriteFile(filepath.Join(root, "about.html"), []byte("Hello from a file\n"), 0o644)

	s, err := server.New(server.Config{Root: root, Pages: hello{}, NoAccessLog: true})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ln, err := server.Listen(ctx, "127.0.0.1:0") // 0: a free port
	if err != nil {
		log.Fatal(err)
	}
	stopped := make(chan error)
	go func() { stopped <- s.Serve(ctx, ln) }()

	for _, path := range []string{"/about", "/now"} {
		resp, err := http.Get("http://" + ln.Addr().String() + path)
		if err != nil {
			log.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Print(string(body))
	}
	stop()
	fmt.Println(<-stopped)
	// Output:
	// Hello from a file
	// Hello from a page, /now
	// <nil>
}
