package engine

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// What import.meta is (Node.js, "ECMAScript modules: import.meta"), esbuild leaves empty, in a variable for each
// module:
//
//	// folder/file.js
//	var import_meta = {};
//
// or, where the module is one that others ask for,
//
//	"folder/file.js"() {
//	  import_meta = {};
//
// In a file that is no module, __dirname and __filename are made of it (Node.js, "Modules: CommonJS modules"):
//
//	"folder/file.js"(exports, module) {
//	  var import_meta = {};

var (
	emptyMeta = regexp.MustCompile(`^(?:var | +|    var )import_meta\d* = \{\};$`)
	fileLine  = regexp.MustCompile(`^(?:// (.+)|  (".+")\([\w$, ]*\) \{)$`)
)

// fillMeta gives each module of a bundle its own import.meta. dir is what esbuild's names of files are relative to. No
// line moves.
func fillMeta(bundle, dir string) string {
	if !strings.Contains(bundle, "import_meta") {
		return bundle
	}
	lines, file := strings.Split(bundle, "\n"), ""
	for i, line := range lines {
		if m := fileLine.FindStringSubmatch(line); m != nil {
			file = m[1]
			if m[2] != "" && json.Unmarshal([]byte(m[2]), &file) != nil {
				file = ""
			}
		}
		if file != "" && emptyMeta.MatchString(line) {
			lines[i] = strings.TrimSuffix(line, "{};") + metaOf(filepath.Join(dir, filepath.FromSlash(file))) + ";"
		}
	}
	return strings.Join(lines, "\n")
}

// metaOf returns the text of an object that has the address of a file.
func metaOf(file string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	address := url.URL{Scheme: "file", Path: path}
	text, _ := json.Marshal(struct {
		URL      string `json:"url"`
		Dirname  string `json:"dirname"`
		Filename string `json:"filename"`
	}{address.String(), filepath.Dir(file), file})
	return string(text)
}
