package engine

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"
)

// require returns a built-in module; everything else was bundled.
func (rt *runtime) require(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if v, ok := rt.loaded[name]; ok {
		return v
	}
	m, ok := rt.page.e.modules[name]
	if !ok {
		panic(rt.noModule(name))
	}
	exports, err := m.Load(&rt.host)
	if err != nil {
		panic(rt.vm.NewGoError(fmt.Errorf("import %s: %w", name, err)))
	}
	rt.checks.Count(rt.vm, exports)
	if rt.loaded == nil {
		rt.loaded = map[string]goja.Value{}
	}
	rt.loaded[name] = exports
	return exports
}

// requireFunction makes what the page knows as require. Only few packages look further than to call it.
func (rt *runtime) requireFunction() goja.Value {
	f := rt.vm.ToValue(rt.require).(*goja.Object)
	f.DefineDataProperty("name", rt.vm.ToValue("require"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE) // else it is that of Go
	if rt.page.resolves {
		f.Set("resolve", rt.resolve)
	}
	return f
}

// resolve is require.resolve: for a name that is written there, the compiler has put the file into its place.
func (rt *runtime) resolve(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if _, ok := rt.page.e.modules[name]; !ok && !filepath.IsAbs(name) {
		panic(rt.noModule(name))
	}
	return rt.vm.ToValue(name)
}

// mayResolve reports whether a bundle uses require.resolve.
func mayResolve(bundle string) bool { return strings.Contains(bundle, "require.resolve") }

// locating marks the questions that locate asks.
type locating struct{}

// locate finds the file of a require.resolve("…").
func (b *bundling) locate(p api.PluginBuild, args api.OnResolveArgs) (api.OnResolveResult, error) {
	if _, ours := args.PluginData.(locating); ours || args.Kind != api.ResolveJSRequireResolve {
		return api.OnResolveResult{}, nil
	}
	found := p.Resolve(args.Path, api.ResolveOptions{Importer: args.Importer, ResolveDir: args.ResolveDir, Kind: args.Kind, PluginData: locating{}})
	if len(found.Errors) > 0 {
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	}
	return api.OnResolveResult{Path: found.Path, External: true}, nil
}
