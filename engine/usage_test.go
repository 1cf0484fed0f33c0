package engine

import "testing"

func TestUsageOf(t *testing.T) {
	all, reads, calls := usage{onlyReads: true, onlyCalls: true, noWrite: true}, usage{onlyReads: true}, usage{onlyCalls: true, noWrite: true}
	writes := usage{onlyReads: true, onlyCalls: true}
	body := func(s string) string { return "function application(environ, start_response) {" + s + "}" }
	for name, tt := range map[string]struct {
		source string
		want   usage
	}{
		"plain":                {body(`start_response("200 OK", []); return [environ.PATH_INFO + environ["a.b"]]`), all},
		"arrow":                {`(e, s) => { s("200 OK", []); return [e.PATH_INFO] }`, all},
		"arrow of a value":     {`(e, s) => [s("200 OK", []), e.PATH_INFO]`, writes},
		"method":               {`application(e, s) { s("200 OK", []); return e.x.y() }`, all},
		"method of a class":    {`static application(e, s) { s("200 OK", []); return [] }`, usage{}},
		"neither is used":      {body(`return []`), all},
		"third parameter":      {`function (e, s, x) { s("200 OK", []); return x }`, all},
		"called in a branch":   {body(`if (environ.x) { try { start_response(environ.x, []) } finally {} } else start_response("", [])`), all},
		"assigned to":          {body(`environ.x = 1; delete environ.y; environ.z++; start_response("", [])`), all},
		"names of properties":  {body(`start_response("", []); return { environ: 1, start_response: 2 }`), all},
		"after a dot":          {body(`start_response("", []); return a.environ + a.start_response`), all},
		"other function":       {body(`start_response("", []); return list.map(x => x.y)`), all},
		"write is kept":        {body(`const w = start_response("", []); w("x"); return []`), writes},
		"write is called":      {body(`start_response("", [])("x"); return []`), writes},
		"write is passed":      {body(`start_response("", start_response("", []))`), writes},
		"environ is returned":  {body(`start_response("", []); return environ`), calls},
		"environ is passed":    {body(`start_response("", []); return f(environ)`), calls},
		"environ is this":      {body(`start_response("", []); return environ.f()`), calls},
		"environ is this too":  {body(`start_response("", []); return environ["f"]()`), calls},
		"environ tags":         {body("start_response('', []); return environ.f`x`"), calls},
		"environ is optional":  {body(`start_response("", []); return environ?.f`), calls},
		"environ is closed on": {body(`start_response("", []); return () => environ.x`), calls},
		"environ in a pattern": {body(`start_response("", []); const { x, ...y } = environ; return x + y.z`), all},
		"environ by default":   {body(`start_response("", []); const { x = environ } = environ; return x`), calls},
		"environ as an array":  {body(`start_response("", []); const [x] = environ; return x`), calls},
		"environ is spread":    {body(`start_response("", []); return { ...environ }`), calls},
		"environ is iterated":  {body(`start_response("", []); for (const k in environ) f(k)`), calls},
		"environ short":        {body(`start_response("", []); return { environ }`), calls},
		"start is passed":      {body(`return f(start_response, environ.x)`), reads},
		"start is kept":        {body(`kept = start_response`), reads},
		"start short":          {body(`return { start_response }`), reads},
		"start is closed on":   {body(`f(() => start_response("", []))`), reads},
		"start is closed on 2": {body(`function f() { start_response("", []) } return f`), reads},
		"start in a class":     {body(`return class { x = start_response }`), reads},
		"start is this":        {body(`start_response.call(null, "", [])`), reads},
		"start is constructed": {body(`new start_response()`), reads},
		"start is a default":   {body(`const { a = start_response } = b`), reads},
		"start tags":           {body("start_response`x`"), reads},
		"start is optional":    {body(`start_response?.("", [])`), reads},
		"start is exported":    {body(`start_response("", []); globalThis[environ.x] = start_response`), reads},
		"arguments":            {body(`kept = arguments; start_response("", [])`), usage{}},
		"arguments of arrow":   {body(`start_response("", []); return () => arguments[1]`), usage{}},
		"eval":                 {body(`eval("kept = start_response")`), usage{}},
		"with":                 {body(`with (environ.x) { start_response("", []) }`), usage{}},
		"generator":            {`function* (environ, start_response) { start_response("", []) }`, usage{}},
		"async":                {`async function (environ, start_response) { start_response("", []) }`, usage{}},
		"async arrow":          {`async (environ, start_response) => { start_response("", []) }`, usage{}},
		"generator method":     {`*application(environ, start_response) { start_response("", []) }`, usage{}},
		"rest":                 {`function (...all) { all[1]("", []) }`, usage{}},
		"rest behind":          {`function (e, s, ...all) { s("", []) }`, usage{}},
		"default":              {`function (e, s = e) { s("", []) }`, usage{}},
		"default that keeps":   {`function (e, s, x = kept = s) { s("", []) }`, usage{}},
		"pattern":              {`function ({ x }, s) { s("", []) }`, usage{}},
		"one parameter":        {`function (e) { return [] }`, usage{}},
		"same name":            {`function (a, a) { a("", []) }`, usage{}},
		"native":               {`function f() { [native code] }`, usage{}},
		"class":                {`class A { constructor(e, s) { s() } }`, usage{}},
		"getter":               {`get application() { return 1 }`, usage{}},
		"computed":             {`[x](e, s) { s("", []) }`, usage{}},
		"not a function":       {`1`, usage{}},
		"nothing":              {``, usage{}},
		"names a source map":   {body("start_response('', [])\n//# sourceMappingURL=/nowhere\n"), all},
	} {
		t.Run(name, func(t *testing.T) {
			if got := usageOf(tt.source); got != tt.want {
				t.Errorf("%s\ngot  %+v\nwant %+v", tt.source, got, tt.want)
			}
		})
	}
}
