package engine_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"wizgy/engine"
)

// An engine is an http.Handler: a folder of pages needs nothing else.
func Example() {
	dir, _ := os.MkdirTemp("", "apps")
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "hello.js"), []byte(`
function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["Hello, " + environ.PATH_INFO.slice(1)];
}`), 0o644)

	e, err := engine.New(engine.Config{Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	site := httptest.NewServer(e)
	defer site.Close()

	resp, err := http.Get(site.URL + "/hello/world")
	if err != nil {
		log.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body))
	// Output: 200 OK Hello, world
}
