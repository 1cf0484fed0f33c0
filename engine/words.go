package engine

import (
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"

	"wizgy/engine/internal/wording"
	"wizgy/engine/module"
)

// words returns what an error says that the interpreter is about to make; see the package wording.
func (rt *runtime) words(class, message string) string {
	return rt.teller().Say(rt.vm, class, message)
}

// calleePlace is where an error belongs that the interpreter is about to make, if it would say another place.
func (rt *runtime) calleePlace() int { return rt.teller().CalleePlace(rt.vm) }

func (rt *runtime) teller() *wording.Teller {
	return &wording.Teller{
		Cache:        &rt.page.worded,
		Show:         func(v goja.Value) string { return module.Brief(&rt.host, v) },
		FunctionName: func(f *goja.Object) string { return module.FunctionName(&rt.host, f) },
		Getter:       func(o *goja.Object, key string) bool { return module.HasGetter(&rt.host, o, key) },
		Has:          func(o *goja.Object, key string) bool { return module.HasProperty(&rt.host, o, key) },
		Name:         rt.sourceName,
	}
}

// sourceName returns the name that stands in the source where the bundle has another one, because two
// files have the same.
func (rt *runtime) sourceName(at file.Position, name string) string {
	src := rt.page.source(unspell(at.Filename))
	if src == nil {
		return name
	}
	lines := strings.SplitN(src.text(), "\n", at.Line+1)
	if at.Line < 1 || at.Line > len(lines) {
		return name
	}
	line := lines[at.Line-1]
	for range at.Column - 1 {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	end := strings.IndexFunc(line, func(r rune) bool { return r == '.' || r == '#' || !inName(r) })
	if end < 0 {
		end = len(line)
	}
	if written := line[:end]; written != "" && isRenamed(written, name) {
		return written
	}
	return name
}

// isRenamed reports whether esbuild may have made a name of another one.
func isRenamed(written, name string) bool {
	if strings.HasSuffix(strings.TrimRight(name, "0123456789"), "_default") {
		return true
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(name, "_"), strings.TrimPrefix(written, "_"))
	return ok && strings.Trim(rest, "0123456789") == ""
}
