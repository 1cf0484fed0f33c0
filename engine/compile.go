package engine

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"

	"wizgy/engine/internal/mend"
	"wizgy/engine/internal/natives"
	"wizgy/engine/internal/polyfill"
	"wizgy/server/writers"
)

// The text that encloses a bundle. esbuild puts it there, so that the source map knows of it.
// The page's own file ends with tail: only inside that file is it sure which variable is meant
// by application, since a bundle renames those that clash. With $wizgy.plain a page that is a
// plain script is known, and $wizgy.input is its way to say how it reads.
const (
	banner = `(function (module, exports, require, $wizgy) {`
	footer = `})`
	tail   = "\n;if (typeof application !== \"undefined\") $wizgy.plain = application; if (typeof input !== \"undefined\") $wizgy.input = input;\n"
)

// compiled is what became of a page's source.
type compiled struct {
	program  *goja.Program
	text     string    // that the interpreter was given, and
	mapText  []byte    // its source map
	sources  []*source // every file that the page came from
	problems []*Error  // none: program is set
	warnings []*Error

	looked     bool         // somebody develops the page
	remembered []remembered // what they are to be told, then
	later      []*Error     // of what is absent, which may be asked for or not
	links      []link

	asyncIterators bool     // the program names Symbol.asyncIterator
	shortcuts      bool     // takeShortcuts has changed it
	additions      []string // built-ins that the interpreter lacks and the program may use
	operators      []string // the functions that the program calls in place of operators
	holds, notes   bool     // it calls $wizgy.held, or $wizgy.thrown
	hidden         natives.Hidden
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
	writers *writers.Writers

	shortcuts bool // a linter would not see what the page says
}

// compile turns a page's file, and all that it imports, into one program. admit, if it is not nil, is
// asked about the files before the interpreter gets to see them.
func (c *compiler) compile(file string, admit func([]*source) *Error) *compiled {
	b, result := c.bundle(file)
	out := &compiled{sources: b.sorted(), links: b.links}
	out.problems = b.problems(result.Errors)
	for _, m := range result.Warnings {
		out.warnings = append(out.warnings, b.problem(m))
	}
	out.warnings = append(out.warnings, b.misspelt()...)
	b.absences(out)
	if admit != nil && len(out.problems) == 0 {
		if refused := admit(out.sources); refused != nil {
			out.problems = []*Error{refused}
		}
	}
	if len(out.problems) > 0 {
		return out
	}
	err := out.takeOutput(result.OutputFiles, func(file string) string {
		return c.name(filepath.Join(b.dir, filepath.FromSlash(file)))
	})
	out.text = fillMeta(out.text, b.dir)
	if b.strict {
		out.text = makeStrict(out.text)
	}
	if err == nil {
		out.looked = c.dev || !c.shortcuts
		err = out.parse(c.shortcuts, c.name)
	}
	if err != nil {
		out.problems = []*Error{b.unparsable(err)}
	}
	out.warnings = append(out.warnings, b.forgetful(out.remembered)...)
	return out
}

// bundle runs esbuild until nothing that it says asks for another run.
func (c *compiler) bundle(file string) (*bundling, api.BuildResult) {
	b := newBundling(c, file)
	for tries := 0; ; tries++ {
		result := b.build()
		if tries == maxRuns || !b.again(result) {
			return b, result
		}
		next := newBundling(c, file)
		next.tail, next.loose, next.absent, next.later, next.labels = b.tail, b.loose, b.absent, b.later, b.labels
		b = next
	}
}

// maxRuns is how often esbuild is asked about a page again.
const maxRuns = 12

// again reports whether esbuild is to be asked once more, and notes what is to be otherwise then.
func (b *bundling) again(result api.BuildResult) bool {
	switch {
	case b.switched():
		return true
	case b.beyondEnd(result.Errors): // the error is in what stands open at the end
		b.tail = ""
		return true
	case len(result.Errors) > 0:
		labels := b.noteLabels(result.Errors)
		return b.noteAbsent(result.Errors) || labels
	}
	known := len(b.loose)
	b.noteKinds(result.Metafile)
	return b.strict && len(b.loose) > known
}

// takeOutput makes text and map of what esbuild has put out. rename says how files are shown.
func (out *compiled) takeOutput(files []api.OutputFile, rename func(file string) string) (err error) {
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".map") {
			out.mapText, err = shiftMap(f.Contents, rename)
		} else {
			// The map that the last line names is this one, and no name in the page's own text
			// counts: the interpreter would open it.
			out.text = repair(string(f.Contents)) + "\n//# sourceMappingURL=map"
		}
	}
	return err
}

// parse hands text and map to the interpreter. name is nil where the sources are not known.
func (out *compiled) parse(shorten bool, name func(path string) string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the interpreter cannot read this page: %v", v)
		}
	}()
	ours := parser.WithSourceMapLoader(func(string) ([]byte, error) { return out.mapText, nil })
	text, last := mend.HideLast(out.text)
	ast, err := goja.Parse(programName, text, ours)
	if err != nil {
		return err
	}
	if last != nil {
		last.Restore(ast)
	} else {
		out.text = ast.File.Source() // which the program keeps anyway
	}
	out.asyncIterators = strings.Contains(out.text, "asyncIterator")
	out.additions = polyfill.In(out.text)
	if out.suspect() {
		mend.Operators(ast, text)
	}
	wanted, plain := takeNames(ast, out.text)
	out.hidden = natives.HiddenIn(plain)
	if out.looked {
		out.remembered = remembers(ast)
	}
	out.shortcuts = shorten && takeShortcuts(ast)
	if w := newRewriter(out.text); w != nil {
		w.walk(reflect.ValueOf(ast))
		out.operators = w.used
		out.holds, out.notes = w.holds, w.notes
	}
	out.holds = out.holds || strings.Contains(out.text, "$wizgy.held(") // as mend has it
	separate(ast, out.text)
	out.restoreLexical(ast, name)
	strictClasses(ast, out.text, wanted)
	out.program, err = goja.CompileAST(ast, false)
	if err != nil && mend.Statements(ast) {
		out.program, err = goja.CompileAST(ast, false)
	}
	if err != nil {
		return err
	}
	return natives.Rename(out.program, starts(append(wanted, asyncGenerators(ast, out.text)...)))
}

// suspect reports whether one of the files may have in it what the parser gets wrong. Of a page that was kept nothing is
// known.
func (out *compiled) suspect() bool {
	return slices.ContainsFunc(out.sources, func(s *source) bool { return s.suspect || s.content == "" })
}

// repair repairs the helper that esbuild makes async generators with: ended by return(), one that
// awaits something in its finally never got to the rest of it. It helps itself in every generator,
// though yield* of what is not asynchronous needs no help, which took two calls for each level. And it
// leaves out what nobody but us would see: the exports are copied into another object, one getter by one, to mark them as
// those of an ES module, which is most of what starting a small page costs. No line moves.
func repair(bundle string) string {
	for _, r := range repairs {
		bundle = r.in(bundle)
	}
	if strings.Contains(bundle, "globImport") {
		bundle = globImport.ReplaceAllString(bundle, `${1}__globImport({`)
	}
	if begin := strings.Index(bundle, "\nmodule.exports = __toCommonJS("); begin >= 0 {
		if at := markedExports.FindStringSubmatchIndex(bundle[begin:]); at != nil {
			bundle = bundle[:begin+at[0]] + "module.exports = " + bundle[begin+at[2]:begin+at[3]] + ";" + bundle[begin+at[1]:]
		}
	}
	return bundle
}

// helperRepair replaces a part of one of esbuild's helpers. Its names have numbers behind them where the page has the same.
type helperRepair struct {
	helper string
	match  *regexp.Regexp
	text   string
}

var repairs = []helperRepair{
	{"__asyncGenerator", regexp.MustCompile(`(resume\d*\((\w+) === "return")( \? \w+ : "next", (\w+)\[1\] \?)`), `$1 && $4[1]$3`},
	{"__asyncGenerator", regexp.MustCompile(`Promise\.resolve\((\w+ \? )(\w+\[0\])( : \w+\))`), `Promise.resolve($1$$wizgy.held($2)$3`},
	{"__yieldStar", regexp.MustCompile(`\w+ = (\w+)\[__knownSymbol\("iterator"\)\]\(\);`), `return $1;`},
	{"__glob", regexp.MustCompile(`throw new Error\("Module not found in bundle: " \+ (\w+)\)`), `return require($1)`},
	{"__glob", regexp.MustCompile(`^var `), `var __globImport = (map) => async (path) => __glob(map)(path), `},
}

// in returns the bundle with the repair.
func (r *helperRepair) in(bundle string) string {
	const most = 1500 // bytes that a helper has
	begin := strings.Index(bundle, "var "+r.helper+" = ")
	if begin < 0 {
		return bundle
	}
	end := min(begin+most, len(bundle))
	return bundle[:begin] + r.match.ReplaceAllString(bundle[begin:end], r.text) + bundle[end:]
}

// globImport is where import(`./words/${name}.js`) looks, whose promise is to be rejected where nothing is found.
var globImport = regexp.MustCompile(`(?m)^(\s*(?:var )?globImport[\w$]* = )__glob\(\{$`)

// markedExports is how the exports of a page are handed over.
var markedExports = regexp.MustCompile(`(?m)^module\.exports = __toCommonJS\(([\w$]+_exports)\);$`)
