package engine

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestNamesAreThoseOfTheSource compares names with those that Node.js gives.
func TestNamesAreThoseOfTheSource(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/names.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		write(t, dir, f.Name, string(f.Data))
	}
	body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/app")
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := bytes.Split(bytes.TrimSpace(named(archive.Files, "want")), []byte("\n"))
	if len(got) != len(want) {
		t.Fatalf("got %d names, want %d", len(got), len(want))
	}
	for i, w := range want {
		var value any
		json.Unmarshal(w, &value)
		g, _ := json.Marshal(got[i])
		if w, _ := json.Marshal(value); !bytes.Equal(g, w) {
			t.Errorf("%d: got %s, want %s", i, g, w)
		}
	}
}

// TestNamesBesideWhatTheParserGetsWrong has the text that is hidden from the interpreter's parser.
func TestNamesBesideWhatTheParserGetsWrong(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "_lib.js", "export function helper() {}")
	write(t, dir, "page.js", `import { helper as theirs } from "./_lib.js";
const last = "\u{10FFFF}";
class User { static x = 1; save() { return /\u{10ffff}/u } }
function helper() { const inner = () => "\u{10FFFF}"; return String(inner) }
export function application(environ, start_response) { start_response("200 OK", []); return [[User.name, helper.name, theirs.name, helper(), last.length].join(" ")] }`)
	body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/page")
	if want := `User helper helper () => "\u{10FFFF}" 2`; err != nil || body != want {
		t.Errorf("got %q, %v, want %q", body, err, want)
	}
}

// TestNamesInStacksAndTexts has functions whose names differ from those in the bundle, and text of functions as pages
// send it to browsers.
func TestNamesInStacksAndTexts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "_lib.js", "export function helper() {} export class User {}")
	write(t, dir, "page.js", `import { helper as theirs, User as Theirs } from "./_lib.js";
class User { static count = 0; constructor(bad) { if (bad) throw new Error("constructor") } save() { throw new Error("save") } }
class Plain { constructor() { throw new Error("plain") } }
function helper() { throw new Error("helper") }
const client = () => { const add = (a) => a; function twice() { return 2 } class K { n() { return 3 } } const o = { f: () => 4 }; return add(1) + twice() + new K().n() + o.f() + (function named() { return 5 })() };
export function application(environ, start_response) {
  start_response("200 OK", []);
  const first = f => { try { f() } catch (e) { return /at (\S+) \(/.exec(e.stack)[1] } };
  console.log(User, helper, Plain, theirs, Theirs);
  const text = String(client) + String(User) + String(helper);
  return [[first(() => new User(1)), first(() => new User().save()), first(helper), first(() => new Plain()), (0, eval)("(" + client + ")()"), (0, eval)("(" + Plain + ").length"), text.includes("__name")].join(" ")];
}`)
	log := new(bytes.Buffer)
	body, err := get(open(t, Config{Dir: dir, NoWatch: true, Logger: slog.New(slog.NewTextHandler(log, nil))}), "/page")
	if want := "User save helper Plain 15 0 false"; err != nil || body != want {
		t.Errorf("got %q, %v, want %q", body, err, want)
	}
	if want := "[class User] { count: 0 } [Function: helper] [class Plain] [Function: helper] [class User]"; !strings.Contains(log.String(), want) {
		t.Errorf("the log has %s, want %s", log.String(), want)
	}
}
