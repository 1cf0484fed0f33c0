package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"wizgy/server/supervisor"
)

// loadsFile has, for a process without a supervisor, which pages it is loading: the next process does
// not load again what has ended this one.
type loadsFile struct {
	*supervisor.Kept
	name string
}

// openLoads opens the file of a site, in the folder for such things that the user has. Where there is
// none the return value is nil, and a page that ends the process does so whenever it is loaded.
func openLoads(site string) *loadsFile {
	dir, err := os.UserCacheDir()
	if err != nil || !supervisor.Supported {
		return nil
	}
	for _, d := range []string{dir, filepath.Join(dir, "wizgy")} { // but not the user's own folder
		if err := os.Mkdir(d, 0o700); err != nil && !os.IsExist(err) {
			return nil
		}
	}
	mark := sha256.Sum256([]byte(site))
	name := filepath.Join(dir, "wizgy", "loading-"+hex.EncodeToString(mark[:8]))
	kept, err := supervisor.OpenKept(name)
	if err != nil {
		return nil
	}
	return &loadsFile{kept, name}
}

// close removes the file if nothing needs to be remembered.
func (l *loadsFile) close() {
	if l == nil {
		return
	}
	if text, err := l.Load(); err == nil && len(text) == 0 {
		_ = os.Remove(l.name)
	}
	_ = l.Kept.Close()
}
