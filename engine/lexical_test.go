package engine

import "testing"

// TestWhatIsDeclaredIsNotThereBefore uses what the top level of a file declares before it is there. The answers are
// those of Node.js 20.
func TestWhatIsDeclaredIsNotThereBefore(t *testing.T) {
	const answer = "\nexport const application = (e, start) => (start('200 OK', []), [out.join('|')]);\n"
	const tried = "const out = []; const t = (f) => { try { out.push(String(f())) } catch (e) { out.push(e.message) } };\n"
	for name, c := range map[string]struct {
		page  string
		files map[string]string
		want  string
	}{
		"const":              {page: tried + "t(() => x); const x = 1; t(() => x);" + answer, want: "Cannot access 'x' before initialization|1"},
		"let":                {page: tried + "t(() => x = 2); let x; t(() => x);" + answer, want: "Cannot access 'x' before initialization|undefined"},
		"typeof":             {page: tried + "t(() => typeof x); let x = 1;" + answer, want: "Cannot access 'x' before initialization"},
		"class":              {page: tried + "t(() => new K()); class K {} t(() => new K().constructor.name);" + answer, want: "Cannot access 'K' before initialization|K"},
		"class with statics": {page: tried + "t(() => K.n); class K { static n = 1 } t(() => K.n);" + answer, want: "Cannot access 'K' before initialization|1"},
		"exported":           {page: tried + "t(() => x); export const x = 1; t(() => x);" + answer, want: "Cannot access 'x' before initialization|1"},
		"pattern":            {page: tried + "t(() => b); const { a: [b] } = { a: [1] }; t(() => b);" + answer, want: "Cannot access 'b' before initialization|1"},
		"several":            {page: tried + "t(() => b); let a = 1, b = a; t(() => b);" + answer, want: "Cannot access 'b' before initialization|1"},
		"in a function":      {page: tried + "t(f); function f() { return x } const x = 1; t(f);" + answer, want: "Cannot access 'x' before initialization|1"},
		"behind letters":     {page: tried + "/* größe 😀 */ t(() => x); const é = 'ü😀'; const x = 1;" + answer, want: "Cannot access 'x' before initialization"},
		"var stays":          {page: tried + "t(() => x); var x = 1; t(() => x);" + answer, want: "undefined|1"},
		"plain script": {
			page: tried + "t(() => x); const x = 1;\nfunction application(e, start) { start('200 OK', []); return [out.join('|')] }",
			want: "Cannot access 'x' before initialization",
		},
		"renamed": {
			page:  "import { y } from './_lib.js';\n" + tried + "t(() => x); const x = 1; t(() => x + y);" + answer,
			files: map[string]string{"_lib.js": "const x = 2; export const y = x;"},
			want:  "Cannot access 'x' before initialization|3",
		},
		"imports in a circle": {
			page: "import { seen } from './_a.js';\nconst out = [seen];" + answer,
			files: map[string]string{
				"_a.js": "import { late } from './_b.js'; export const early = 1; export const seen = late;",
				"_b.js": "import { early } from './_a.js'; let said; try { said = early } catch (e) { said = e.message } export const late = said;",
			},
			want: "Cannot access 'early' before initialization",
		},
		"a file that is no module": {
			page:  "import seen from './_old.cjs';\nconst out = seen;" + answer,
			files: map[string]string{"_old.cjs": tried + "t(() => x); const x = 1; t(() => x); const module2 = module; module2.exports = out;"},
			want:  "Cannot access 'x' before initialization|1",
		},
		"TypeScript": {
			page:  "import { out } from './_t.ts';" + answer,
			files: map[string]string{"_t.ts": "export " + "const out: string[] = []; enum E { A = 1 } namespace N { export const n = 2 } try { out.push(x + '') } catch (e: any) { out.push(e.message) }\nconst x: number = E.A + N.n; out.push(x + '');"},
			want:  "Cannot access 'x' before initialization|3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "page.js", c.page)
			for file, content := range c.files {
				write(t, dir, file, content)
			}
			body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/page")
			if err != nil || body != c.want {
				t.Errorf("got %q, %v, want %q", body, err, c.want)
			}
		})
	}
}
