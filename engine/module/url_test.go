package module

import (
	"sync"
	"testing"

	"github.com/dop251/goja"
)

func TestURL(t *testing.T) {
	const parts = `u => ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"].map(p => u[p]).join(" ")`
	show := func(src string) string { return "(" + parts + ")(" + src + ")" }
	runEvalCases(t, []evalCase{
		{"all parts", show(`new URL("https://me:pw@example.com:8080/a/b?c=d#e")`),
			"https://me:pw@example.com:8080/a/b?c=d#e https://example.com:8080 https: me pw example.com:8080 example.com 8080 /a/b ?c=d #e"},
		{"few parts", show(`new URL("http://a")`), "http://a/ http://a http:   a a  /  "},
		{"no authority", show(`new URL("mailto:me@x?subject=y")`), "mailto:me@x?subject=y null mailto:      me@x ?subject=y "},
		{"empty query and fragment", show(`new URL("http://a/?#")`), "http://a/?# http://a http:   a a  /  "},
		{"default port", `new URL("https://a:443/").port + new URL("http://a:80").href`, "http://a/"},
		{"base", `[new URL("../x?y", "http://a/b/c/d"), new URL("//b/c", "https://a/"), new URL("#f", "http://a/b?c"), new URL("", "http://a/b#c")].join(" ")`,
			"http://a/b/x?y https://b/c http://a/b?c#f http://a/b"},
		{"base that is a URL", `new URL("/x", new URL("http://a/b")).href`, "http://a/x"},
		{"undefined base", `new URL("http://a", undefined).href`, "http://a/"},
		{"dots, back slashes, white space", `new URL(" http:\\\\a\\b\\.\\..\\c\n/%2e%2E/d ").href`, "http://a/d"},
		{"hosts", `["http://EX%41MPLE.com", "http://münchen.de", "http://0x7f.1", "http://[::1]", "http://[1:0::]", "http://1.2.3"].map(u => new URL(u).host).join()`,
			"example.com,xn--mnchen-3ya.de,127.0.0.1,[::1],[1::],1.2.0.3"},
		{"escapes", `new URL("http://a/ü <>?ü '#ü \"").href`, "http://a/%C3%BC%20%3C%3E?%C3%BC%20%27#%C3%BC%20%22"},
		{"half a surrogate pair", `new URL("http://a/\ud800").pathname`, "/%EF%BF%BD"},
		{"origins", `["blob:https://a.b/c", "blob:ftp://a/", "file:///x", "data:x", "ws://a:80", "foo://a"].map(u => new URL(u).origin).join()`,
			"https://a.b,null,null,null,ws://a,null"},

		{"invalid", `new URL("x y")`, "TypeError: Invalid URL: 'x y'"},
		{"invalid with base", `new URL("http://[", "http://a")`, "TypeError: Invalid URL: 'http://[' with the base 'http://a'"},
		{"invalid base", `new URL("x", "y")`, "TypeError: Invalid URL: 'x' with the base 'y'"},
		{"null base", `new URL("x", null)`, "TypeError: Invalid URL: 'x' with the base 'null'"},
		{"no argument", `new URL()`, "TypeError: Invalid URL: 'undefined'"},
		{"symbol", `new URL(Symbol())`, "TypeError: Cannot convert a Symbol value to a string"},
		{"invalid hosts", `["http://a b", "http://a<b", "http://256.256.256.256", "http://[::g]", "http://a:99999", "http://", "http://%00"].map(u => URL.canParse(u)).join()`,
			"false,false,false,false,false,false,false"},

		{"parse", `[URL.parse("http://a").href, URL.parse("x"), URL.parse("x", "http://a").href, URL.parse("http://a") instanceof URL].join()`, "http://a/,,http://a/x,true"},
		{"canParse", `[URL.canParse("http://a"), URL.canParse("x"), URL.canParse("x", "http://a"), URL.canParse()].join()`, "true,false,true,false"},
		{"needs new", `URL("http://a")`, "TypeError: Class constructor cannot be invoked without 'new'"},
		{"class", `[URL.name, URL.length, String(Object.prototype.toString.call(new URL("a:"))), new URL("a:") instanceof URL].join()`, "URL,1,[object URL],true"},
		{"subclass", `class U extends URL { get top() { return this.hostname.split(".").pop() } } var u = new U("http://a.b"); [u.top, u.href, u instanceof URL, u instanceof U].join()`,
			"b,http://a.b/,true,true"},
		{"this", `Object.getOwnPropertyDescriptor(URL.prototype, "href").get.call({})`, "TypeError: URL.href: called on what is no URL"},
		{"this of another class", `URL.prototype.toString.call(new URLSearchParams())`, "TypeError: URL.toString: called on what is no URL"},
		{"text", `var u = new URL("http://a"); u + " " + JSON.stringify({u}) + " " + u.toJSON()`, `http://a/ {"u":"http://a/"} http://a/`},
		{"own names", `Object.keys(new URL("http://a")).length + JSON.stringify({...new URL("http://a")})`, "0{}"},
		{"frozen", `Object.freeze(new URL("http://a")).href`, "http://a/"},
		{"inspected", `var u = new URL("http://a/'"); console.log(u); u.href`, "http://a/'"},
	})
}

func TestURLSetters(t *testing.T) {
	set := func(url, name, value string) string {
		return `var u = new URL("` + url + `"); u.` + name + ` = ` + value + `; u.href`
	}
	runEvalCases(t, []evalCase{
		{"href", set("http://a/?b", "href", `"https://c/?d=e"`) + `+ u.searchParams.get("d")`, "https://c/?d=ee"},
		{"invalid href", set("http://a", "href", `"x"`), "TypeError: Invalid URL: 'x'"},
		{"protocol", set("http://a:443/", "protocol", `"https"`), "https://a/"},
		{"protocol of another kind", set("http://a/", "protocol", `"foo:"`), "http://a/"},
		{"username", set("http://a/", "username", `"m e:"`), "http://m%20e%3A@a/"},
		{"password", set("http://me@a/", "password", `"p@"`), "http://me:p%40@a/"},
		{"username where none can be", set("file:///x", "username", `"me"`), "file:///x"},
		{"host", set("http://a:1/x", "host", `"b:2"`), "http://b:2/x"},
		{"host without port", set("http://a:1/x", "host", `"b"`), "http://b:1/x"},
		{"invalid host", set("http://a/", "host", `"b c"`), "http://a/"},
		{"hostname", set("http://a:1/x", "hostname", `"b"`), "http://b:1/x"},
		{"port", set("http://a/", "port", `"8080x"`), "http://a:8080/"},
		{"default port", set("http://a:1/", "port", `80`), "http://a/"},
		{"no port", set("http://a:1/", "port", `""`), "http://a/"},
		{"invalid port", set("http://a:1/", "port", `"99999"`), "http://a:1/"},
		{"pathname", set("http://a/b?c", "pathname", `"x/../y ?#"`), "http://a/y%20%3F%23?c"},
		{"pathname of mailto", set("mailto:a", "pathname", `"b"`), "mailto:a"},
		{"search", set("http://a/?b#c", "search", `"d=e f#"`), "http://a/?d=e%20f%23#c"},
		{"search with mark", set("http://a/", "search", `"?x"`), "http://a/?x"},
		{"no search", set("http://a/?b#c", "search", `""`), "http://a/#c"},
		{"hash", set("http://a/", "hash", `"#b c"`), "http://a/#b%20c"},
		{"no hash", set("http://a/#b", "hash", `""`), "http://a/"},
		{"origin cannot be set", set("http://a/", "origin", `"http://b"`), "http://a/"},
		{"searchParams cannot be set", set("http://a/?b", "searchParams", `"c"`), "http://a/?b"},
	})
}

func TestURLSearchParamsAreLive(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"the same object", `var u = new URL("http://a/?b=c"); u.searchParams === u.searchParams`, "true"},
		{"append", `var u = new URL("http://a/?b=c#d"); u.searchParams.append("e f", "ü&"); u.href`, "http://a/?b=c&e+f=%C3%BC%26#d"},
		{"set", `var u = new URL("http://a/?b=1&b=2"); u.searchParams.set("b", 3); u.href`, "http://a/?b=3"},
		{"delete the last", `var u = new URL("http://a/?b=1#c"); u.searchParams.delete("b"); u.href + u.search`, "http://a/#c"},
		{"sort", `var u = new URL("http://a/?c&b&a"); u.searchParams.sort(); u.search`, "?a=&b=&c="},
		{"reading changes nothing", `var u = new URL("http://a/?a+b=%zz"); u.searchParams.get("a b") + u.href`, "%zzhttp://a/?a+b=%zz"},
		{"search changes them", `var u = new URL("http://a/?b=1"), p = u.searchParams; u.search = "?b=2&c=3"; [p.get("b"), p.get("c"), p.size].join()`, "2,3,2"},
		{"href changes them", `var u = new URL("http://a/?b=1"), p = u.searchParams; u.href = "http://c/?d=4"; [p.get("b"), p.get("d"), p === u.searchParams].join()`, ",4,true"},
		{"search removes them", `var u = new URL("http://a/?b=1"), p = u.searchParams; u.search = ""; p.size`, "0"},
		{"hash does not", `var u = new URL("http://a/?b=1"), p = u.searchParams; u.hash = "x"; u.pathname = "y"; p.append("c", ""); u.href`, "http://a/y?b=1&c=#x"},
		{"a copy is not live", `var u = new URL("http://a/?b=1"), p = new URLSearchParams(u.searchParams); p.append("c", 2); u.href + " " + p`, "http://a/?b=1 b=1&c=2"},
	})
}

// TestURLInManyRuntimes looks for state that runtimes share by mistake; it needs -race.
func TestURLInManyRuntimes(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		h := newTestHost(t)
		wg.Go(func() {
			for range 20 {
				v, err := h.rt.RunString(`var u = new URL("http://ü.example/ä?ö=ß"); u.searchParams.append("x", "é"); u.port = "1"; console.log(u); u.href`)
				if want := "http://xn--tda.example:1/%C3%A4?%C3%B6=%C3%9F&x=%C3%A9"; err != nil || v.String() != want {
					t.Errorf("%v, %v", v, err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkURL(b *testing.B) {
	h := newTestHost(b)
	h.eval(`
		function parse() { return new URL("https://me@example.com:8080/a/b?x=1&y=2#h").pathname }
		function params() { return new URL("https://example.com/a?x=1&y=2").searchParams.get("y") }
	`)
	for _, name := range []string{"parse", "params"} {
		f, _ := goja.AssertFunction(h.rt.Get(name))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
