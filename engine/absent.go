package engine

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"
)

// A require("…") or import("…") of what is not there throws when it is run (Node.js, "Modules: CommonJS modules"). Packages
// ask so for what they can do without. esbuild takes it for an error, unless it stands in a try. So the page is bundled
// once more without, and what is absent is known by its place.

// request is what a file asks for by a name.
type request struct{ importer, path string }

// ask notes how a file asks for something, and leaves what is absent to the page's require.
func (b *bundling) ask(args api.OnResolveArgs) (api.OnResolveResult, error) {
	r := request{args.Importer, args.Path}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.extensions[filepath.Ext(args.Path)] = true
	switch args.Kind {
	case api.ResolveJSRequireCall, api.ResolveJSDynamicImport:
		if b.absent[r] {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		}
	default:
		b.always[r] = true
	}
	return api.OnResolveResult{}, nil
}

// unresolved matches what is said of something that is not there.
var unresolved = regexp.MustCompile(`^(?:Could not resolve|there is no built-in module) ("(?:[^"\\]|\\.)*")`)

// noteAbsent notes what is not there of what is only asked for when a statement is run. It reports whether
// there is any.
func (b *bundling) noteAbsent(errs []api.Message) (any bool) {
	for _, m := range errs {
		r, ok := b.requested(m)
		if !ok || b.always[r] || b.absent[r] {
			continue
		}
		b.absent[r], any = true, true
		e := b.problem(m)
		e.module = r.path
		b.later = append(b.later, e)
	}
	return any
}

// noLoader is how esbuild begins to say of a file that it is no program, such as the native part of a package.
const noLoader = "No loader is configured for"

// requested returns what an error of esbuild's is about, if it is that something is not there, or of no use.
func (b *bundling) requested(m api.Message) (r request, ok bool) {
	if m.Location == nil {
		return r, false
	}
	if at := m.Location; strings.HasPrefix(m.Text, noLoader) && at.Column+at.Length <= len(at.LineText) {
		return request{b.path(at), strings.Trim(at.LineText[at.Column:at.Column+at.Length], "'\"`")}, true
	}
	found := unresolved.FindStringSubmatch(m.Text)
	if found == nil {
		return r, false
	}
	path, err := strconv.Unquote(found[1])
	return request{b.path(m.Location), path}, err == nil
}

// absences adds what is absent to what has been compiled: a warning for the page's own files, since packages know
// what they do, and a file that makes the page another one when it is there.
func (b *bundling) absences(out *compiled) {
	out.later = b.later
	for r := range b.absent {
		if strings.HasPrefix(r.path, ".") {
			path := filepath.Join(filepath.Dir(r.importer), filepath.FromSlash(r.path))
			out.sources = append(out.sources, &source{path: path, stamp: stamp{missing: true}})
		}
	}
	for _, e := range b.later {
		if !inPackage(e.File) {
			w := *e
			w.Message += ": this throws when it is run"
			out.warnings = append(out.warnings, &w)
		}
	}
}

// inPackage reports whether a file is not the site's own.
func inPackage(path string) bool { return strings.Contains(filepath.ToSlash(path), "node_modules/") }

// sayAbsent makes the problem of a page that does not start of what is known of a module that it asks for.
func (p *page) sayAbsent(err *Error) *Error {
	for _, e := range p.later {
		if err.Message == "Error: "+cannotFind(e.module) {
			p.warnings = nil
			return e
		}
	}
	return err
}

func cannotFind(name string) string { return "Cannot find module '" + name + "'" }

// cannotFindModule matches what require throws.
var cannotFindModule = regexp.MustCompile(`^Error: Cannot find module '(.*)'$`)

// noModule makes the error of a require that finds nothing, as that of Node.js.
func (rt *runtime) noModule(name string) *goja.Object {
	e, err := rt.vm.New(rt.vm.Get("Error"), rt.vm.ToValue(cannotFind(name)))
	if err != nil { // the page has another Error
		return rt.vm.NewTypeError("%s", cannotFind(name))
	}
	e.Set("code", "MODULE_NOT_FOUND")
	return e
}
