package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"wizgy/engine/internal/scan"
)

// bundling is one run of esbuild.
type bundling struct {
	*compiler
	lexical string // the page's file as it is named
	dir     string // without links, as are the names that esbuild gives
	entry   string // likewise
	tail    string
	strict  bool             // there is a module in it
	loose   map[string]bool  // files that are no modules, and that esbuild would not enclose
	absent  map[request]bool // see ask
	labels  map[string]map[continuation]bool
	later   []*Error // about those

	mu         sync.Mutex
	sources    map[string]*source
	links      []link
	always     map[request]bool // that is asked for whatever happens, by an import
	extensions map[string]bool  // of what is asked for
}

func newBundling(c *compiler, file string) *bundling {
	b := &bundling{compiler: c, dir: c.dir, tail: tail, sources: map[string]*source{},
		loose: map[string]bool{}, absent: map[request]bool{}, labels: map[string]map[continuation]bool{}, always: map[request]bool{}, extensions: map[string]bool{}}
	if real, err := filepath.EvalSymlinks(c.dir); err == nil {
		b.dir = real
	}
	b.lexical = filepath.Join(c.dir, filepath.FromSlash(file))
	b.entry = b.lexical
	if real, err := filepath.EvalSymlinks(b.lexical); err == nil {
		b.entry = real
		b.noteLink(b.lexical, real)
	}
	return b
}

// switched reports whether the page's name leads to another file than when the run began.
func (b *bundling) switched() bool {
	real, err := filepath.EvalSymlinks(b.lexical)
	return err == nil && real != b.entry
}

// noteLink notes that a path led to a file elsewhere. esbuild tells of the file only, and the
// path may lead to another one some day.
func (b *bundling) noteLink(path, real string) {
	if path == real {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.links = append(b.links, link{path, real})
}

func (b *bundling) build() api.BuildResult {
	mode := `"production"`
	if b.dev {
		mode = `"development"`
	}
	return api.Build(api.BuildOptions{
		EntryPoints:       []string{b.asked()},
		AbsWorkingDir:     b.dir,
		Outdir:            b.dir,
		Write:             false,
		Bundle:            true,
		Format:            api.FormatCommonJS,
		Platform:          api.PlatformNeutral,
		MainFields:        []string{"module", "main"},
		Conditions:        []string{"worker", "import"},
		ResolveExtensions: resolveExtensions,
		Target:            api.ES2021,
		Supported:         map[string]bool{"async-generator": false, "for-await": false, "class-field": false, "class-static-blocks": true, "dynamic-import": false},
		TreeShaking:       api.TreeShakingFalse,
		KeepNames:         true,
		Metafile:          true,
		Sourcemap:         api.SourceMapExternal,
		SourcesContent:    api.SourcesContentExclude,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "wizgy:jsx",
		Define:            map[string]string{"process.env.NODE_ENV": mode, "__dirname": "import.meta.dirname", "__filename": "import.meta.filename"},
		Banner:            map[string]string{"js": banner},
		Footer:            map[string]string{"js": footer},
		LogLevel:          api.LogLevelSilent,
		LogOverride:       map[string]api.LogLevel{"empty-import-meta": api.LogLevelSilent}, // see fillMeta
		Plugins:           []api.Plugin{{Name: "wizgy", Setup: b.setup}},
	})
}

// setup lets esbuild read files through read, and find the built-in modules.
func (b *bundling) setup(p api.PluginBuild) {
	p.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) { return b.locate(p, args) })
	p.OnResolve(api.OnResolveOptions{Filter: `.*`}, b.ask)
	p.OnResolve(api.OnResolveOptions{Filter: `^page$`}, b.begin)
	p.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: starting}, b.start)
	p.OnResolve(api.OnResolveOptions{Filter: `^(wizgy|node):`}, b.resolve)
	p.OnResolve(api.OnResolveOptions{Filter: `^(https?:)?//`}, b.refuse)
	p.OnResolve(api.OnResolveOptions{Filter: `^\.{1,2}/`}, b.follow)
	p.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "file"}, b.load)
}

// starting is the namespace of a file that only asks for the page's own, which is thereby enclosed.
const starting = "wizgy"

// asked is by which name esbuild is asked for the page's own file. It finds the file itself, since then it knows of the
// tsconfig.json and package.json that are for it; but it would take a name with a * in it for a pattern.
func (b *bundling) asked() string {
	if b.loose[b.entry] || strings.Contains(b.entry, "*") {
		return "page"
	}
	return b.entry
}

// begin finds the page's own file where esbuild was not asked for it by its path.
func (b *bundling) begin(args api.OnResolveArgs) (api.OnResolveResult, error) {
	switch {
	case args.Kind == api.ResolveEntryPoint && b.loose[b.entry]:
		return api.OnResolveResult{Path: "page", Namespace: starting}, nil
	case args.Kind == api.ResolveEntryPoint || args.Namespace == starting:
		return api.OnResolveResult{Path: b.entry, Namespace: "file"}, nil
	}
	return api.OnResolveResult{}, nil
}

// start is the file that asks for the page's own.
func (b *bundling) start(api.OnLoadArgs) (api.OnLoadResult, error) {
	name := b.entry
	if strings.Contains(name, "*") {
		name = "page"
	}
	text, _ := json.Marshal(name)
	content := "module.exports = require(" + string(text) + ");"
	return api.OnLoadResult{Contents: &content, Loader: api.LoaderJS, ResolveDir: b.dir}, nil
}

// resolve finds a built-in module.
func (b *bundling) resolve(args api.OnResolveArgs) (api.OnResolveResult, error) {
	if b.modules[args.Path] {
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	}
	message := api.Message{Text: fmt.Sprintf("there is no built-in module %q", args.Path)}
	return api.OnResolveResult{Errors: []api.Message{message}}, nil
}

// refuse keeps esbuild from leaving what lies in the network to the interpreter.
func (b *bundling) refuse(args api.OnResolveArgs) (api.OnResolveResult, error) {
	message := api.Message{Text: fmt.Sprintf("Could not resolve %q", args.Path)}
	return api.OnResolveResult{Errors: []api.Message{message}}, nil
}

// follow notes the links on the way to a file that is imported by its path. It leaves the
// finding to esbuild, except where esbuild would take the name for a pattern or for one with a query.
func (b *bundling) follow(args api.OnResolveArgs) (api.OnResolveResult, error) {
	path := filepath.Join(args.ResolveDir, filepath.FromSlash(args.Path))
	for _, candidate := range candidates(path) {
		if info, err := os.Stat(candidate); err != nil || info.IsDir() {
			continue
		}
		real, err := filepath.EvalSymlinks(candidate)
		if err != nil {
			break
		}
		b.noteLink(candidate, real)
		if strings.ContainsAny(args.Path, "*?#") {
			return api.OnResolveResult{Path: real, Namespace: "file"}, nil
		}
		break
	}
	return api.OnResolveResult{}, nil
}

// resolveExtensions are what an import may leave out, in the order in which they are tried.
var resolveExtensions = []string{".tsx", ".ts", ".jsx", ".js", ".mjs", ".cjs", ".mts", ".cts", ".json"}

// candidates returns the files that an import of path may mean.
func candidates(path string) []string {
	list := []string{path}
	for _, ext := range resolveExtensions {
		list = append(list, path+ext, filepath.Join(path, "index"+ext))
	}
	return list
}

// load reads a file, and notes it as one that the page came from.
func (b *bundling) load(args api.OnLoadArgs) (api.OnLoadResult, error) {
	loader := b.loader(args.Path)
	if loader == api.LoaderDefault && !inPackage(args.Path) && !b.asksFor(filepath.Ext(args.Path)) {
		return api.OnLoadResult{Contents: new(string), Loader: api.LoaderEmpty}, nil
	}
	if refused := b.tooLarge(args.Path); refused != "" {
		return api.OnLoadResult{Errors: []api.Message{{Text: refused, Location: &api.Location{File: args.Path, Line: 1}}}}, nil
	}
	src, content, err := readSource(b.writers, args.Path)
	if err != nil {
		message := api.Message{Text: fmt.Sprintf("Could not read %s: %v", b.name(args.Path), errors.Unwrap(err))}
		return api.OnLoadResult{Errors: []api.Message{message}}, nil
	}
	b.mu.Lock()
	b.sources[args.Path] = src
	b.mu.Unlock()
	if loader != api.LoaderBinary && isUTF16(content) {
		return api.OnLoadResult{Errors: []api.Message{{Text: notUTF8, Location: &api.Location{File: args.Path, Line: 1}}}}, nil
	}
	if d, ok := dialects[loader]; ok {
		content = strings.TrimPrefix(content, "\ufeff")
		found := scan.Text(content, d)
		if found.Wrong != "" {
			return api.OnLoadResult{Errors: []api.Message{{Text: found.Wrong, Location: &api.Location{File: args.Path, Line: 1}}}}, nil
		}
		content = relabel(found.HideMaps(), b.labels[args.Path])
		src.suspect = found.Suspect
	}
	added := ""
	switch {
	case isCode(loader) && b.isUnwritten(args.Path, content):
		added = nothingYet
	case isCode(loader) && b.tail != "" && b.mustEnclose(args.Path, content):
		added = enclose
	}
	if args.Path == b.entry {
		added += b.tail
	}
	src.lines = strings.Count(content, "\n") + 1
	content += added
	return api.OnLoadResult{Contents: &content, Loader: loader, ResolveDir: filepath.Dir(args.Path)}, nil
}

// asksFor reports whether a file with an extension is asked for by its name, and not by a pattern.
func (b *bundling) asksFor(ext string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.extensions[ext]
}

// loader returns how a file is imported. esbuild refuses what has the default one with a sentence of its own.
func (b *bundling) loader(path string) api.Loader {
	if loader, ok := loaders[strings.ToLower(b.extension(path))]; ok {
		return loader
	}
	return api.LoaderDefault
}

// maxFile is how long a file may be that a page comes from, in bytes. Larger ones would be in the
// memory of each program that imports them.
const maxFile = 16 << 20

// tooLarge says that a file is, or returns "". The page depends on it all the same: it may become
// shorter.
func (b *bundling) tooLarge(path string) string {
	now := time.Now()
	stamp := stampOf(path)
	if stamp.missing || stamp.size <= maxFile {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sources[path] = &source{path: path, stamp: stamp, readAt: now}
	return fmt.Sprintf("the file has %d MiB, and %d MiB is allowed", stamp.size>>20, maxFile>>20)
}

// dialects are the kinds of files that are parsed, which may be nested too deep for that.
var dialects = map[api.Loader]scan.Dialect{
	api.LoaderJS: {}, api.LoaderJSON: {}, api.LoaderJSX: {Elements: true},
	api.LoaderTS: {Types: true}, api.LoaderTSX: {Types: true, Elements: true},
}

// extension returns the extension under which a file is imported, which is that of the link if
// it was found through one.
func (b *bundling) extension(path string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.links {
		if l.real == path {
			return filepath.Ext(l.path)
		}
	}
	return filepath.Ext(path)
}

// sorted returns the files, the page's own first.
func (b *bundling) sorted() []*source {
	var list []*source
	for _, src := range b.sources {
		list = append(list, src)
	}
	slices.SortFunc(list, func(x, y *source) int {
		if (x.path == b.entry) != (y.path == b.entry) {
			if x.path == b.entry {
				return -1
			}
			return 1
		}
		return strings.Compare(x.path, y.path)
	})
	return list
}

// beyondEnd reports whether an error lies in what was added to a file.
func (b *bundling) beyondEnd(errs []api.Message) bool {
	return b.tail != "" && slices.ContainsFunc(errs, func(m api.Message) bool {
		if m.Location == nil {
			return false
		}
		src := b.sources[b.path(m.Location)]
		return src != nil && m.Location.Line > src.lines
	})
}
