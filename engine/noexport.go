package engine

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// noExport matches what esbuild says of a name that is imported from a file and not exported there.
var noExport = regexp.MustCompile(`^No matching export in "([^"]*)" for import "([^"]*)"$`)

// sayExports completes an error about such a name: the file has the name that it has in other errors, and the
// hint tells what there is.
func (b *bundling) sayExports(e *Error) {
	m := noExport.FindStringSubmatch(e.Message)
	if m == nil {
		return
	}
	path := b.path(&api.Location{File: m[1]})
	e.Message = fmt.Sprintf("No matching export in %q for import %q", b.name(path), m[2])
	if src := b.sources[path]; src != nil {
		e.Hint = hintOfExports(m[2], exportsOf(src.content, b.loader(path)))
	}
}

// hintOfExports says what to import in place of name.
func hintOfExports(name string, exports []string) string {
	const most = 20
	if len(exports) == 0 {
		return "the file exports nothing: write export in front of what others may import"
	}
	more := ""
	if len(exports) > most {
		exports, more = exports[:most], " and others"
	}
	list := strings.Join(exports, ", ") + more
	if name == "default" {
		return "the file has no export default, so names stand in braces: import { " + exports[0] + " }; it exports " + list
	}
	return "it exports " + list
}

// exportsOf returns the names that a file exports, but for those of export * from another one.
func exportsOf(content string, loader api.Loader) []string {
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: content, Loader: loader},
		Format: api.FormatESModule, Metafile: true, LogLevel: api.LogLevelSilent,
	})
	var meta struct {
		Outputs map[string]struct{ Exports []string }
	}
	if json.Unmarshal([]byte(result.Metafile), &meta) != nil {
		return nil
	}
	for _, out := range meta.Outputs {
		slices.Sort(out.Exports)
		return out.Exports
	}
	return nil
}
