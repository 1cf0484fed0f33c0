package natives_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"wizgy/engine/internal/natives"
)

type holder struct{ checks natives.Checks }

func (h *holder) Natives() *natives.Checks { return &h.checks }

// runtimes returns a runtime as the interpreter makes it, and one with checks.
func runtimes(tb testing.TB, limit int64) (plain, checked *goja.Runtime) {
	if err := natives.Install(); err != nil {
		tb.Fatal(err)
	}
	plain, checked = goja.New(), goja.New()
	proto := checked.ToValue(&holder{natives.Checks{Max: limit}}).(*goja.Object)
	if err := checked.GlobalObject().SetPrototype(proto); err != nil {
		tb.Fatal(err)
	}
	return plain, checked
}

// outcome runs a script with three texts, and tells what comes out.
func outcome(vm *goja.Runtime, script string, s, by, with []uint16) string {
	vm.Set("s", goja.StringFromUTF16(s))
	vm.Set("by", goja.StringFromUTF16(by))
	vm.Set("replacement", goja.StringFromUTF16(with))
	v, err := vm.RunString(script)
	if err != nil {
		return err.Error()
	}
	return v.String()
}

// FuzzReplacedTextIsTheInterpreters compares replacements of texts with the interpreter's own.
func FuzzReplacedTextIsTheInterpreters(f *testing.F) {
	for _, s := range []string{"", "a", "a & b && c", "käse & brot", "ä", "😀&", "aaaa", "<b>\"x\"</b>", "\x00", "日本"} {
		for _, by := range []string{"", "&", "&&", "a", "aa", "ä", "😀", "<b>", "x"} {
			for _, with := range []string{"", "&amp;", "$&", "$$", "$", "ü", "\xff"} {
				f.Add(s, by, with, uint16(0))
			}
		}
	}
	f.Add("a😀b", "", "x", uint16(0xd83d))
	plain, checked := runtimes(f, natives.Unlimited)
	f.Fuzz(func(t *testing.T, s, by, with string, half uint16) {
		if by == "" && half == 0 && !isASCII(s) {
			t.Skip("the interpreter finds no end")
		}
		text, old, new := utf16.Encode([]rune(s)), utf16.Encode([]rune(by)), utf16.Encode([]rune(with))
		if half != 0 { // of a pair that stands for one character, perhaps
			text, old = append(text, half), []uint16{half}
		}
		const units = `; [result.length, ...Array.from({length: result.length}, (_, i) => result.charCodeAt(i))].join()`
		for _, script := range []string{
			"s.replaceAll(by, replacement)", "s.replace(by, replacement)", "s.replaceAll(by, () => replacement)",
			"new String(s).replaceAll(by, replacement)", "s.replaceAll(by)", "s.replace(by, replacement, 1)",
		} {
			script = "var result = " + script + units
			if got, want := outcome(checked, script, text, old, new), outcome(plain, script, text, old, new); got != want {
				t.Errorf("%s of %q, %q, %q: %s, want %s", script, s, by, with, got, want)
			}
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func TestEmptyTextIsReplacedBetweenCharacters(t *testing.T) {
	_, checked := runtimes(t, natives.Unlimited)
	for script, want := range map[string]string{
		`"abc".replaceAll("", "-")`:                                   "-a-b-c-",
		`"äbc".replaceAll("", "-")`:                                   "-ä-b-c-",
		`"äb".replaceAll("", "[$&$$$1]")`:                             "[$$1]ä[$$1]b[$$1]",
		`new String("äb").replaceAll("", "$'|")`:                      "äb|äb|b|",
		`"äb".replaceAll("", (found, at, text) => found + at + text)`: "0äbä1äbb2äb",
		`"ä".replaceAll("")`:                                          "undefinedäundefined",
		`"😀".replaceAll("", ".").length`:                              "5",
		`"ä".replace("", ".")`:                                        ".ä",
	} {
		v, err := checked.RunString(script)
		if err != nil || v.String() != want {
			t.Errorf("%s: %v (%v), want %s", script, v, err, want)
		}
	}
}

func TestReplacingTextByLongerTextIsBounded(t *testing.T) {
	_, checked := runtimes(t, 1000)
	for script, want := range map[string]string{
		`"x".repeat(100).replaceAll("x", "y".repeat(10)).length`:   "1000",
		`"x".repeat(100).replaceAll("x", "y".repeat(11)).length`:   "throws",
		`"x".repeat(100).replaceAll("x", "").length`:               "0",
		`"x".repeat(1000).replace("x", "").length`:                 "999",
		`"x".repeat(1000).replace("x", "yy").length`:               "throws",
		`"x".repeat(1000).replaceAll("z", "y".repeat(999)).length`: "1000",
		`"x".repeat(62).replaceAll("x", () => "y").length`:         "62", // of which there is a list
		`"x".repeat(63).replaceAll("x", () => "y").length`:         "throws",
		`"x".repeat(1000).replaceAll("xx", () => "y").length`:      "throws",
		`"x".repeat(1000).replaceAll("z", () => "y").length`:       "1000",
		`"x".repeat(1000).replaceAll("", () => "y").length`:        "throws",
		`"x".repeat(1000).replace("x", () => "y").length`:          "1000",
	} {
		v, err := checked.RunString(script)
		got := "throws"
		if err == nil {
			got = v.String()
		}
		if got != want {
			t.Errorf("%s: %s (%v), want %s", script, got, err, want)
		}
	}
}

// What a page puts in the place of a built-in is called, and converts what it is given itself.
func TestReplacingTextConvertsNothingTwice(t *testing.T) {
	plain, checked := runtimes(t, natives.Unlimited)
	const script = `
let told = [];
const tell = (name) => ({ toString() { told.push(name); return name; } });
const replaceAll = String.prototype.replaceAll;
told.push(replaceAll.call(tell("abc"), tell("b"), tell("x")), "abc".replaceAll("b", tell("x")), "abc".replaceAll(tell("z"), "y"), "abc".replaceAll("z", tell("y")));
try { replaceAll.call(null, "a", "b"); } catch (e) { told.push(e.name); }
told.push("abc".replaceAll("b", undefined), "a1".replaceAll(1, 2), "abc".replaceAll(/b/g, "x"), replaceAll.name, replaceAll.length);
String.prototype.replaceAll = function () { return "patched"; };
told.push("abc".replaceAll("b", "x"));
told.join();`
	want, err := plain.RunString(script)
	if err != nil {
		t.Fatal(err)
	}
	got, err := checked.RunString(script)
	if err != nil || !got.StrictEquals(want) {
		t.Errorf("got  %v %v\nwant %v", got, err, want)
	}
}
