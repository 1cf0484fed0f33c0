package watch_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"wizgy/engine/watch"
)

func Example() {
	site, err := os.MkdirTemp("", "site")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(site)

	w, err := watch.New(watch.Config{Roots: []string{site}})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()

	if err := os.WriteFile(filepath.Join(site, "index.js"), nil, 0o666); err != nil {
		log.Fatal(err)
	}
	change := <-w.Changes()
	for _, path := range change.Paths {
		fmt.Println(filepath.Base(path))
	}
	// Output: index.js
}
