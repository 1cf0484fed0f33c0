package module

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextEncoder(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"UTF-8", `new TextEncoder().encode("aé€😀").join()`, "97,195,169,226,130,172,240,159,152,128"},
		{"half a surrogate pair", `new TextEncoder().encode("\ud800x\udc00").join()`, "239,191,189,120,239,191,189"},
		{"nothing", `new TextEncoder().encode().length + new TextEncoder().encode("").length`, "0"},
		{"undefined and null", `new TextEncoder().encode(undefined).length + " " + new TextEncoder().encode(null).length`, "0 4"},
		{"type of the result", `new TextEncoder().encode("x") instanceof Uint8Array`, "true"},
		{"encoding", `new TextEncoder("latin1").encoding`, "utf-8"},
		{"encodeInto", `var b = new Uint8Array(10), r = new TextEncoder().encodeInto("a€😀", b); [r.read, r.written, b.join("")].join()`,
			"4,8,9722613017224015915212800"},
		{"encodeInto stops before a character that does not fit", `var r = new TextEncoder().encodeInto("a😀b", new Uint8Array(4)); [r.read, r.written].join()`, "1,1"},
		{"encodeInto a part of a buffer", `var b = new Uint8Array(4); new TextEncoder().encodeInto("xyz", b.subarray(1, 3)); b.join()`, "0,120,121,0"},
		{"encodeInto nothing", `var r = new TextEncoder().encodeInto("a", new Uint8Array(0)); [r.read, r.written].join()`, "0,0"},
		{"encodeInto something else", `new TextEncoder().encodeInto("a", [])`,
			"TypeError: TextEncoder.encodeInto: the second argument must be a Uint8Array, got []"},
		{"encodeInto other numbers", `new TextEncoder().encodeInto("a", new Int8Array(1))`,
			"TypeError: TextEncoder.encodeInto: the second argument must be a Uint8Array, got Int8Array(1) [ 0 ]"},
		{"needs new", `TextEncoder()`, "TypeError: Class constructor cannot be invoked without 'new'"},
		{"tag", `String(new TextEncoder())`, "[object TextEncoder]"},
		{"this", `TextEncoder.prototype.encode.call({}, "x")`, "TypeError: TextEncoder.encode: called on what is no TextEncoder"},
	})
}

func TestTextDecoder(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"UTF-8", `new TextDecoder().decode(new Uint8Array([97, 195, 169, 240, 159, 152, 128]))`, "aé😀"},
		{"nothing", `new TextDecoder().decode() + new TextDecoder().decode(undefined)`, ""},
		{"buffers of all kinds", `var b = new Uint8Array([97, 98, 99, 100]).buffer, d = new TextDecoder();
			[b, new Uint8Array(b, 1), new Uint16Array(b), new Float32Array(b), new DataView(b, 2, 1)].map(x => d.decode(x)).join()`, "abcd,bcd,abcd,abcd,c"},
		{"no buffer", `new TextDecoder().decode("abc")`,
			"TypeError: TextDecoder.decode: the argument must be an ArrayBuffer, a typed array or a DataView, got 'abc'"},
		{"list of numbers", `new TextDecoder().decode([97])`,
			"TypeError: TextDecoder.decode: the argument must be an ArrayBuffer, a typed array or a DataView, got [ 97 ]"},
		{"one U+FFFD for each longest begin of a character",
			`new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0x41, 0xf0, 0x90, 0x80, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90])).replace(/\ufffd/g, "?")`, "?A?" + "??" + "???" + "??"},
		{"byte order mark", `new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 97])).length`, "1"},
		{"byte order mark kept", `new TextDecoder("utf-8", {ignoreBOM: true}).decode(new Uint8Array([0xef, 0xbb, 0xbf, 97])).length`, "2"},
		{"two byte order marks", `new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf])).length`, "1"},
		{"fatal", `new TextDecoder("utf-8", {fatal: true}).decode(new Uint8Array([0xff]))`, "TypeError: TextDecoder.decode: the bytes are not valid utf-8"},
		{"fatal, at the end", `new TextDecoder("utf-8", {fatal: true}).decode(new Uint8Array([0xe2, 0x82]))`, "TypeError: TextDecoder.decode: the bytes are not valid utf-8"},
		{"fatal, with U+FFFD itself", `new TextDecoder("utf-8", {fatal: true}).decode(new Uint8Array([0xef, 0xbf, 0xbd]))`, "\ufffd"},
		{"after an error", `var d = new TextDecoder("utf-8", {fatal: true}); try { d.decode(new Uint8Array([0xff])) } catch {} d.decode(new Uint8Array([97]))`, "a"},
		{"stream", `var d = new TextDecoder(), s = ""; for (const b of [0xef, 0xbb, 0xbf, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]) s += d.decode(new Uint8Array([b]), {stream: true}); s + d.decode()`, "€😀"},
		{"stream that breaks off", `var d = new TextDecoder(); d.decode(new Uint8Array([0xe2, 0x82]), {stream: true}) + "|" + d.decode() + "|" + d.decode(new Uint8Array([0xac]))`, "|\ufffd|\ufffd"},
		{"stream, again with a byte order mark", `var d = new TextDecoder(), b = new Uint8Array([0xef, 0xbb, 0xbf, 97]); d.decode(b, {stream: true}) + d.decode() + d.decode(b)`, "aa"},
		{"UTF-16", `new TextDecoder("utf-16le").decode(new Uint8Array([0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde]))`, "a😀"},
		{"UTF-16, other order", `new TextDecoder("utf-16be").decode(new Uint8Array([0xfe, 0xff, 0, 0x61]))`, "a"},
		{"UTF-16 in a stream", `var d = new TextDecoder("utf-16le"), s = ""; for (const b of [0x3d, 0xd8, 0, 0xde, 97, 0]) s += d.decode(new Uint8Array([b]), {stream: true}); s + d.decode()`, "😀a"},
		{"UTF-16, half a pair", `new TextDecoder("utf-16le").decode(new Uint8Array([0x3d, 0xd8, 97, 0]))`, "\ufffda"},
		{"UTF-16, half of half a pair", `new TextDecoder("utf-16le").decode(new Uint8Array([0x3d, 0xd8, 0]))`, "\ufffd"},
		{"UTF-16, half a unit", `new TextDecoder("utf-16be").decode(new Uint8Array([0, 97, 0]))`, "a\ufffd"},
		{"UTF-16, fatal", `new TextDecoder("utf-16le", {fatal: true}).decode(new Uint8Array([0, 0xdc]))`, "TypeError: TextDecoder.decode: the bytes are not valid utf-16le"},
		{"UTF-16, fatal but valid", `new TextDecoder("utf-16le", {fatal: true}).decode(new Uint8Array([0xfd, 0xff, 0x3d, 0xd8, 0, 0xde]))`, "\ufffd😀"},
		{"windows-1252", `new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9]))`, "€é"},
		{"Shift_JIS", `new TextDecoder("sjis").decode(new Uint8Array([0x93, 0xfa, 0x96, 0x7b]))`, "日本"},
		{"Shift_JIS, fatal", `new TextDecoder("sjis", {fatal: true}).decode(new Uint8Array([0x93]))`, "TypeError: TextDecoder.decode: the bytes are not valid shift_jis"},
		{"labels", `["utf8", " UTF-8\n", "unicode-1-1-utf-8", "ascii", "iso-8859-1", "iso8859-15", "x-sjis", "gb2312", "big5", "utf-16", "koi8-r", "x-user-defined"].map(l => new TextDecoder(l).encoding).join()`,
			"utf-8,utf-8,utf-8,windows-1252,windows-1252,iso-8859-15,shift_jis,gbk,big5,utf-16le,koi8-r,x-user-defined"},
		{"no such label", `new TextDecoder("utf-99")`, "RangeError: TextDecoder: no such encoding: 'utf-99'"},
		{"labels are ASCII", `new TextDecoder("\u212aoi8-r")`, "RangeError: TextDecoder: no such encoding: '\u212aoi8-r'"},
		{"white space of others", `new TextDecoder("utf-8\u00a0")`, "RangeError: TextDecoder: no such encoding: 'utf-8\u00a0'"},
		{"replacement is for documents", `new TextDecoder("iso-2022-kr")`, "RangeError: TextDecoder: no such encoding: 'iso-2022-kr'"},
		{"options", `var d = new TextDecoder("utf-8", {fatal: 1}); [d.fatal, d.ignoreBOM].join()`, "true,false"},
		{"round trip", `var s = "x€😀".repeat(1000); new TextDecoder().decode(new TextEncoder().encode(s)) === s`, "true"},
	})
}

func TestBase64(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"btoa", `btoa("hello") + btoa("") + btoa("\xff\x00")`, "aGVsbG8=/wA="},
		{"btoa converts", `btoa(null) + btoa(12)`, "bnVsbA==MTI="},
		{"btoa above U+00FF", `btoa("€")`, `InvalidCharacterError: btoa: the string has a character above U+00FF, '\u20ac': encode it first, with TextEncoder`},
		{"btoa of nothing", `btoa()`, "TypeError: btoa: needs 1 argument, got 0"},
		{"atob", `atob("aGVsbG8=")`, "hello"},
		{"atob to all characters", `[...atob("/wCA")].map(c => c.charCodeAt()).join()`, "255,0,128"},
		{"atob without padding", `atob("aGk") + atob("YQ")`, "hia"},
		{"atob with white space", `atob(" a\tG\nk\f=\r")`, "hi"},
		{"atob of nothing", `atob("") + atob(" ")`, ""},
		{"atob with bits left over", `atob("YR")`, "a"},
		{"atob with one character", `atob("a")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob with too much padding", `atob("aGk==")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob with padding in the middle", `atob("YQ==YQ==")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob with wrong padding", `atob("YWI==") + atob("=")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob of the URL alphabet", `atob("-_-_")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob of other letters", `atob("é===")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"atob of a vertical tab", `atob("aG\vk")`, "InvalidCharacterError: atob: the string is not correctly encoded as base64"},
		{"the exception", `try { atob("a") } catch (e) { [e instanceof DOMException, e instanceof Error, e.code].join() }`, "true,true,5"},
		{"round trip", `var s = ""; for (let i = 0; i < 256; i++) s += String.fromCharCode(i); atob(btoa(s)) === s`, "true"},
	})
}

func TestDOMException(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"defaults", `var e = new DOMException(); [e.name, e.message, e.code].join("|")`, "Error||0"},
		{"name and code", `var e = new DOMException("why", "AbortError"); [e.name, e.message, e.code, String(e)].join("|")`, "AbortError|why|20|AbortError: why"},
		{"other name", `new DOMException("", "MineError").code`, "0"},
		{"no name", `new DOMException("", "").code`, "0"},
		{"converts", `var e = new DOMException(1, null); e.name + e.message`, "null1"},
		{"constants", `[DOMException.INDEX_SIZE_ERR, DOMException.DATA_CLONE_ERR, new DOMException().TIMEOUT_ERR].join()`, "1,25,23"},
		{"class", `var e = new DOMException(); [e instanceof DOMException, e instanceof Error, Object.prototype.toString.call(e), DOMException.name, DOMException.length].join()`,
			"true,true,[object DOMException],DOMException,0"},
		{"stack", `new DOMException("x", "AbortError").stack.startsWith("AbortError: x\n") || new DOMException("x").stack.startsWith("Error: x\n")`, "true"},
		{"needs new", `DOMException()`, "TypeError: Class constructor cannot be invoked without 'new'"},
		{"JSON", `JSON.stringify(new DOMException("x"))`, "{}"},
	})
}

func TestPerformance(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"it grows", `var a = performance.now(), b; do b = performance.now(); while (b === a); b > a && b - a < 1000`, "true"},
		{"it counts from its origin", `Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000`, "true"},
		{"JSON", `JSON.parse(JSON.stringify(performance)).timeOrigin === performance.timeOrigin`, "true"},
		{"tag", `String(performance)`, "[object Performance]"},
	})
}

// FuzzTextDecoder: text that comes in pieces is the same as text that comes at once, and it is
// the same as what Go makes of it where Go and the Encoding Standard agree.
func FuzzTextDecoder(f *testing.F) {
	f.Add([]byte("a\xe2\x82\xacb\xff"), uint8(1), uint8(0))
	f.Add([]byte("\xff\xfe\x3d\xd8\x00\xde"), uint8(3), uint8(1))
	f.Add([]byte("\x93\xfa\x96"), uint8(2), uint8(2))
	labels := []string{"utf-8", "utf-16le", "shift_jis", "gb18030", "euc-kr", "windows-1252", "utf-16be", "big5", "euc-jp"}
	f.Fuzz(func(t *testing.T, data []byte, size, label uint8) {
		name, enc := encodingOf(labels[int(label)%len(labels)])
		whole := &textDecoder{name: name, encoding: enc}
		want, err := whole.decode(data, false)
		if err != nil || !utf8.ValidString(want) {
			t.Fatalf("%s: %q: %v", name, want, err)
		}
		if name == "utf-8" && utf8.Valid(data) && want != strings.TrimPrefix(string(data), "\ufeff") {
			t.Errorf("%q became %q", data, want)
		}
		stream := &textDecoder{name: name, encoding: enc}
		var got string
		for rest := data; len(rest) > 0; {
			n := min(len(rest), int(size)%5+1)
			s, err := stream.decode(rest[:n], true)
			if err != nil {
				t.Fatal(err)
			}
			got += s
			rest = rest[n:]
		}
		s, err := stream.decode(nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if got += s; got != want {
			t.Errorf("%s: %q in pieces is %q, at once %q", name, data, got, want)
		}
	})
}
