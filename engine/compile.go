package engine

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// The text that encloses a bundle. esbuild puts it there, so that the source map knows of it.
// The page's own file ends with tail: only inside that file is it sure which variable is meant
// by application, since a bundle renames those that clash. With $wizgy.plain a page that is a
// plain script is known.
const (
	banner = `(function (module, exports, require, $wizgy) {`
	footer = `})`
	tail   = "\n;if (typeof application !== \"undefined\") $wizgy.plain = application;\n"
)

// compiled is what became of a page's source.
type compiled struct {
	program  *goja.Program
	sources  []*source // every file that the page came from
	problems []*Error  // none: program is set
	warnings []*Error
	dir      string // the folder of pages, without links, to which the program's file names are relative
	links    []link

	asyncIterators bool // the program names Symbol.asyncIterator
	shortcuts      bool // takeShortcuts has changed it
	operators      bool // the program calls functions in place of operators
}

// loaders says how files are imported that are not JavaScript or TypeScript.
var loaders = map[string]api.Loader{
	".js": api.LoaderJS, ".mjs": api.LoaderJS, ".cjs": api.LoaderJS, ".jsx": api.LoaderJSX,
	".ts": api.LoaderTS, ".mts": api.LoaderTS, ".cts": api.LoaderTS, ".tsx": api.LoaderTSX,
	".json": api.LoaderJSON,
	".txt":  api.LoaderText, ".html": api.LoaderText, ".md": api.LoaderText, ".sql": api.LoaderText,
	".svg": api.LoaderText, ".css": api.LoaderText, ".xml": api.LoaderText, ".csv": api.LoaderText,
	".png": api.LoaderBinary, ".jpg": api.LoaderBinary, ".gif": api.LoaderBinary,
	".webp": api.LoaderBinary, ".ico": api.LoaderBinary, ".woff2": api.LoaderBinary,
	".wasm": api.LoaderBinary, ".bin": api.LoaderBinary,
}

// compiler compiles pages of one engine.
type compiler struct {
	dir     string // absolute
	name    func(abs string) string
	dev     bool
	modules map[string]bool

	shortcuts bool // a linter would not see what the page says
}

// compile turns a page's file, and all that it imports, into one program.
func (c *compiler) compile(file string) *compiled {
	b := newBundling(c, file, tail)
	result := b.build()
	for tries := 0; b.switched() && tries < 10; tries++ {
		b = newBundling(c, file, tail)
		result = b.build()
	}
	if b.beyondEnd(result.Errors) { // the error is in what stands open at the end: ask again
		b = newBundling(c, file, "")
		result = b.build()
	}
	out := &compiled{sources: b.sorted(), dir: b.dir, links: b.links}
	for _, m := range result.Errors {
		out.problems = append(out.problems, b.problem(m))
	}
	for _, m := range result.Warnings {
		out.warnings = append(out.warnings, b.problem(m))
	}
	if len(out.problems) > 0 {
		return out
	}
	var err error
	out.program, out.shortcuts, out.operators, err = parse(file, result.OutputFiles, c.shortcuts)
	if err != nil {
		out.problems = []*Error{b.unparsable(err, file)}
	}
	out.asyncIterators = slices.ContainsFunc(result.OutputFiles, func(f api.OutputFile) bool {
		return bytes.Contains(f.Contents, []byte("asyncIterator"))
	})
	return out
}

// parse hands esbuild's output, the program and its source map, to the interpreter.
func parse(name string, files []api.OutputFile, shorten bool) (program *goja.Program, shortcuts, operators bool, err error) {
	var bundle string
	var sourceMap []byte
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".map") {
			sourceMap = f.Contents
		} else {
			bundle = string(f.Contents)
		}
	}
	if sourceMap, err = shiftMap(sourceMap); err != nil {
		return nil, false, false, err
	}
	// The map that the last line names is this one, and no name in the page's own text counts:
	// the interpreter would open it.
	bundle = mend(bundle) + "\n//# sourceMappingURL=map"
	ours := parser.WithSourceMapLoader(func(string) ([]byte, error) { return sourceMap, nil })
	ast, err := goja.Parse(name, bundle, ours)
	if err != nil {
		return nil, false, false, err
	}
	shortcuts = shorten && takeShortcuts(ast)
	if w := newRewriter(bundle); w != nil {
		w.walk(reflect.ValueOf(ast))
		operators = w.changed
	}
	program, err = goja.CompileAST(ast, false)
	return program, shortcuts, operators, err
}

// mend repairs the helper that esbuild makes async generators with: ended by return(), one that
// awaits something in its finally never got to the rest of it. And it leaves out what nobody but
// us would see: the exports are copied into another object, one getter by one, to mark them as
// those of an ES module, which is most of what starting a small page costs. No line moves.
func mend(bundle string) string {
	bundle = strings.Replace(bundle, `resume(k === "return" ? k : "next", v[1] ?`, `resume(k === "return" && v[1] ? k : "next", v[1] ?`, 1)
	if at := markedExports.FindStringSubmatchIndex(bundle); at != nil {
		bundle = bundle[:at[0]] + "module.exports = " + bundle[at[2]:at[3]] + ";" + bundle[at[1]:]
	}
	return bundle
}

// markedExports is how the exports of a page are handed over.
var markedExports = regexp.MustCompile(`(?m)^module\.exports = __toCommonJS\(([\w$]+_exports)\);$`)
