package engine

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSmoke(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"plain.js": `function application(e, s) { s("200 OK", [["Content-Type","text/plain"]]); return "hi " + e.PATH_INFO + e.SCRIPT_NAME }`,
		"gen.js":   `function* application(e, s) { try { s("200 OK", []); yield "a"; yield new Uint8Array([66]); } finally { console.log("closed") } }`,
		"async.ts": `export async function application(e: any, s: any) { await new Promise(r => setTimeout(r, 20)); s("200 OK", []); return "async" }`,
		"agen.js":  `export async function* application(e, s) { s("200 OK", []); yield "x"; await null; yield "y" }`,
		"boom.js":  "export function application(e, s) {\n  const x = null;\n  x.foo();\n}",
		"rej.js":   "export async function application(e, s) {\n  await 1;\n  throw new TypeError('later');\n}",
		"never.js": "export async function application(e, s) {\n  await new Promise(()=>{});\n}",
		"post.js":  "export function application(e, s) {\n s('200 OK', []); return e['wsgi.input'].read() }",
		"env.js":   "export function application(e, s) {\n s('200 OK', []); return JSON.stringify(e) }",
		"bad.js":   "export function application(e, s) {\n return 1 +; }",
		"none.js":  "let x = 1",
		"obj.js":   "export function application(e, s) {s('200 OK', []); return {a:1}}",
		"stat.js":  "export function application(e, s) {s('OK', []); return {a:1}}",
		"jsx.jsx":  "export function application(e, s) {s('200 OK', []); return <p>{'<'}</p>}",
		"clash.js": "import {a} from './_lib2.js'; function application(e,s){s('200 OK',[]);return 'mine'+a()}",
		"_lib2.js": "function application(){return 'lib2'}; export function a(){return application()}",
		"arr.js":   "function application(e,s){s('200 OK',[]);return ['a', new Uint8Array([66]).buffer, new DataView(new Uint8Array([66]).buffer)]}",
		"proc.js":  "function application(e,s){s('200 OK',[]);return process.env.X}",
	} {
		os.WriteFile(filepath.Join(dir, name), []byte(src), 0o644)
	}
	e, err := New(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, path := range []string{"/plain", "/plain.js/x", "/gen", "/async", "/agen", "/boom", "/rej", "/never", "/env", "/bad", "/none", "/obj", "/stat", "/jsx", "/clash", "/arr", "/nix", "/proc"} {
		w := httptest.NewRecorder()
		err := e.ServePage(w, httptest.NewRequest("GET", path, nil))
		t.Logf("%s: %d %q %v err=%v", path, w.Code, w.Body, w.Header(), err)
		if pe, ok := err.(*Error); ok {
			t.Logf("\n%s\n%s", pe.Frame(), pe.Stack())
		}
	}
	w := httptest.NewRecorder()
	err = e.ServePage(w, httptest.NewRequest("POST", "/post", strings.NewReader("hello")))
	t.Log(w.Body, err)
}
