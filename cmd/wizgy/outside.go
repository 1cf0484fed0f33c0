package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// outside returns the HTML files that lie in the site's folder itself, where visitors do not get them.
func (s *site) outside() (files []string) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil // which is said elsewhere
	}
	for _, entry := range entries {
		ext := strings.ToLower(filepath.Ext(entry.Name()))
		if slices.Contains([]string{".html", ".htm"}, ext) && !entry.IsDir() {
			files = append(files, visible(entry.Name()))
		}
	}
	return files
}

// enumerate names some of a list, and how many more there are.
func enumerate(list []string) string {
	const most = 3
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
