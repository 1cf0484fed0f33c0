package engine

import "testing"

// TestClassesAreStrictInSloppyFiles has classes in a plain script, and in a file that is no module beside modules. The
// answers are those of Node.js 20.
func TestClassesAreStrictInSloppyFiles(t *testing.T) {
	const classes = `
const tried = (f) => { try { return f() } catch (e) { return e.name } };
const self = function () { return typeof this };
const frozen = Object.freeze({ a: 1 });
class A {
	static leak = tried(() => { leaked = 1; return "sloppy" });
	static own = function () { return typeof this };
	static #hidden = tried(() => { frozen.a = 2; return "sloppy" });
	static get hidden() { return A.#hidden }
	static plain = 1;
	static sum = A.plain + 1;
	static { this.block = tried(() => { leaked = 1; return "sloppy" }) }
	field = tried(() => { leaked = 1; return "sloppy" });
	#method(a, b = 2) { arguments[0] = 5; return [typeof (function () { return this })(), a, b].join() }
	method() { return this.#method(1) }
	static #fixed(a) { arguments[0] = 5; return a }
	static fixed() { return A.#fixed(1) }
	get #got() { return tried(() => { leaked = 1; return "sloppy" }) }
	get got() { return this.#got }
	async *#all() { yield tried(() => { frozen.a = 2; return "sloppy" }) }
	async all() { for await (const x of this.#all()) return x }
	static names() { return [new A().#method.name, A.#fixed.name, A.own.name].join() }
}
const answers = async () => { const a = new A(), own = A.own; return [A.leak, own(), A.hidden, A.sum, A.block, a.field, a.method(), A.fixed(), a.got, await a.all(), A.names(), self(), typeof leaked].join(" ") };
`
	const want = "ReferenceError undefined TypeError 2 ReferenceError ReferenceError undefined,1,2 1 ReferenceError TypeError #method,#fixed,own object undefined"
	for name, files := range map[string]map[string]string{
		"plain script": {"page.js": classes + `async function application(e, start) { start("200 OK", []); return [await answers()] }`},
		"beside a module": {
			"page.js":  `import answers from "./_old.cjs"; export const application = async (e, start) => (start("200 OK", []), [await answers()]);`,
			"_old.cjs": classes + "module.exports = answers;",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, content := range files {
				write(t, dir, file, content)
			}
			body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/page")
			if err != nil || body != want {
				t.Errorf("got  %s, %v\nwant %s", body, err, want)
			}
		})
	}
}
