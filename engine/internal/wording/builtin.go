package wording

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// same words an error that says the same wherever it comes from.
var same = map[string]string{
	"No initial value": "Reduce of empty array with no initial value",
	"Must call super constructor in derived class before accessing 'this'":                   superFirst,
	"Must call super constructor in derived class before returning from derived constructor": superFirst,
	"The normalization form should be one of NFC, NFD, NFKC, NFKD":                           "The normalization form should be one of NFC, NFD, NFKC, NFKD.",
	"RegExp doesn't have global flag set":                                                    "String.prototype.matchAll called with a non-global RegExp argument",
	"toFixed() precision must be between 0 and 100":                                          "toFixed() digits argument must be between 0 and 100",
	"toPrecision() precision must be between 1 and 100":                                      "toPrecision() argument must be between 1 and 100",
	"toExponential() precision must be between 0 and 100":                                    "toExponential() argument must be between 0 and 100",
	"Malformed URI":                      "URI malformed",
	"Promise self-resolution":            "Chaining cycle detected for promise #<Promise>",
	"Constructor Promise requires 'new'": "Promise constructor cannot be invoked without 'new'",
	"Illegal generator state":            "Generator is already running",
	"Source is too large":                "offset is out of bounds",
	"Invalid property descriptor. Cannot both specify accessors and a value or writable attribute": "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, #<Object>",
}

const superFirst = "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"

// patterns words an error by what the interpreter says, $1 and so on being parts of that.
var patterns = []struct {
	match *regexp.Regexp
	text  string
}{
	{regexp.MustCompile(`^Cannot convert (\d+\.\d+|NaN|-?Infinity|\d+e[+-]\d+) to a BigInt$`), "The number $1 cannot be converted to a BigInt because it is not an integer"},
	{regexp.MustCompile(`(?s)^Could not convert &\{.*\} to primitive$`), "Cannot convert object to primitive value"},
	{regexp.MustCompile(`^Could not convert .* \(\*goja\..*\) to primitive$`), "Cannot convert object to primitive value"},
	{regexp.MustCompile(`^(.*) is not a method$`), "$1 is not a function"},
	{regexp.MustCompile(`^Start (offset of \w+ should be a multiple of \d+)$`), "start $1"},
	{regexp.MustCompile(`^Byte (length of \w+ should be a multiple of \d+)$`), "byte $1"},
	{regexp.MustCompile(`^Invalid index (-?\d+)$`), "Invalid index : $1"},
}

// byFunction words errors of built-in functions, by their names.
var byFunction = map[string]func(t *Teller, at *site, message string) string{
	"repeat": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Invalid count value", "Invalid count value: "+t.Show(at.argument(0)))
	},
	"fromEntries": func(t *Teller, at *site, message string) string {
		if rest, ok := strings.CutPrefix(message, "Value is not an object: "); ok {
			return "Iterator value " + rest + " is not an entry object"
		}
		if message == "Value is not object coercible" || isNotIterable(message) {
			return t.notIterable(at.argument(0))
		}
		return ""
	},
	"from": iterableArgument, "all": iterableArgument, "allSettled": iterableArgument,
	"race": iterableArgument, "any": iterableArgument,
	"parse": func(t *Teller, at *site, message string) string {
		if at.class != "SyntaxError" {
			return ""
		}
		if text, ok := bytesText(at.argument(0)); ok {
			return jsonError(text)
		}
		if o, ok := at.argument(0).(*goja.Object); ok { // its text was asked for, and is not known here
			return ifSays(t.Show(o), "#<Object>", jsonError("[object Object]"))
		}
		return jsonError(at.argument(0).String())
	},
	"ownKeys": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not an object: ", "Reflect.ownKeys called on non-object")
	},
	"apply": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not an object: ", "CreateListFromArrayLike called on non-object")
	},
	"bind": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not callable", "Bind must be called on a function")
	},
	"flatMap": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not", "flatMap mapper function is not callable")
	},
	"set": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not an object: ", "Invalid value used as weak map key")
	},
	"add": func(t *Teller, at *site, message string) string {
		return ifSays(message, "Value is not an object: ", "Invalid value used in weak set")
	},
	"defineProperty": func(t *Teller, at *site, message string) string {
		rest, ok := strings.CutPrefix(message, "Value is not an object: ")
		if !ok {
			return ""
		}
		return "Getter must be a function: " + rest
	},
	"resolve": notConstructor, "reject": notConstructor,
	"toFixed": notANumber, "toString": notANumber, "toPrecision": notANumber, "toExponential": notANumber, "valueOf": notANumber,
}

// bytesText returns the text that a Uint8Array has, its numbers with commas between, unless the page has made it another.
// It is false for anything else. No more is needed than where JSON ends.
func bytesText(v goja.Value) (text string, ok bool) {
	const most = 10
	o, isObject := v.(*goja.Object)
	if !isObject || o.ExportType() != reflect.TypeFor[[]byte]() {
		return "", false
	}
	list := o.Export().([]byte)
	var parts []string
	for _, b := range list[:min(len(list), most)] {
		parts = append(parts, strconv.Itoa(int(b)))
	}
	return strings.Join(parts, ","), true
}

func ifSays(message, prefix, text string) string {
	if strings.HasPrefix(message, prefix) {
		return text
	}
	return ""
}

func notConstructor(t *Teller, at *site, message string) string {
	return ifSays(message, "Value is not a constructor", t.Show(at.this)+" is not a constructor")
}

func notANumber(t *Teller, at *site, message string) string {
	return ifSays(message, "Value is not a number: ", "Number.prototype."+at.caller+" requires that 'this' be a Number")
}

func iterableArgument(t *Teller, at *site, message string) string {
	if isNotIterable(message) {
		return t.notIterable(at.argument(0))
	}
	return ""
}

// builtin words an error of a built-in function.
func (t *Teller) builtin(at *site, class, message string) string {
	if text := same[message]; text != "" {
		return text
	}
	if message == "Proxy already revoked" || message == "proxy has been revoked" {
		return revoked(at)
	}
	if message == "Cannot access a variable before initialization" {
		return t.early(at)
	}
	if message == "" && class == "TypeError" { // only of arrays
		return "Cannot assign to read only property '0' of object '[object Array]'"
	}
	if at.native {
		at.passOn(t)
		if text := t.undeletable(at, message); text != "" {
			return text
		}
		if rule := byFunction[at.caller]; rule != nil {
			if text := rule(t, at, message); text != "" {
				return text
			}
		}
		if text := t.receiver(at, message); text != "" {
			return text
		}
	} else if at.instruction == "new" || at.instruction == "newVariadic" {
		if text := t.constructor(at, message); text != "" {
			return text
		}
	}
	if class, ok := at.argument(0).(*goja.Object); ok && message == calledWithoutNew {
		return withoutNew(t.FunctionName(class))
	}
	if rest, ok := strings.CutPrefix(message, "Value is not callable: "); ok {
		return t.noFunction(at, rest)
	}
	if rest, ok := strings.CutPrefix(message, "Value is not an object: "); ok && at.native && takesFunction[at.caller] {
		return t.noFunction(at, rest)
	}
	for _, p := range patterns {
		if m := p.match.FindStringSubmatchIndex(message); m != nil {
			return string(p.match.ExpandString(nil, p.text, message, m))
		}
	}
	return ""
}

// undeletable says of which object a method cannot delete an element. The interpreter has all elements instead.
func (t *Teller) undeletable(at *site, message string) string {
	said := deletion.FindString(message)
	if _, ok := at.this.(*goja.Object); !ok || said == "" {
		return ""
	}
	return said + t.Show(at.this)
}

var deletion = regexp.MustCompile(`^Cannot delete property '\d+' of `)

// revoked says what was tried on a Proxy that is none any more.
func revoked(at *site) string {
	for prefix, trap := range map[string]string{"get": "get", "set": "set", "delete": "deleteProperty", "op_in": "has"} {
		if strings.HasPrefix(at.instruction, prefix) {
			return "Cannot perform '" + trap + "' on a proxy that has been revoked"
		}
	}
	return ""
}

// takesFunction has the built-in functions that call their first argument.
var takesFunction = map[string]bool{
	"map": true, "forEach": true, "filter": true, "find": true, "findIndex": true, "findLast": true, "findLastIndex": true,
	"some": true, "every": true, "reduce": true, "reduceRight": true, "sort": true, "toSorted": true, "replace": true, "then": true,
}

// noFunction says of an argument that it is no function. said is what the interpreter calls it.
func (t *Teller) noFunction(at *site, said string) string {
	for _, v := range at.args {
		if o, ok := v.(*goja.Object); ok && o.ClassName() != "Function" || !ok && v != nil && v.String() == said {
			return t.Show(v) + " is not a function"
		}
	}
	return said + " is not a function"
}

// receiver says that a method was called on what it does not work with.
func (t *Teller) receiver(at *site, message string) string {
	nothing := at.this == nil || goja.IsNull(at.this) || goja.IsUndefined(at.this)
	switch {
	case message == "Value is not object coercible" && nothing:
		return "String.prototype." + at.caller + " called on null or undefined"
	case message == "Cannot convert undefined or null to object" && takesFunction[at.caller] && !nothing:
		return "undefined is not a function"
	case message == "Cannot convert undefined or null to object" && takesFunction[at.caller]:
		return "Array.prototype." + at.caller + " called on null or undefined"
	}
	if strings.HasPrefix(message, "Method Date.prototype.") {
		return "this is not a Date object."
	}
	if before, after, ok := strings.Cut(message, " called on incompatible receiver"); ok && (after == "" || after == " [object Object]") {
		return before + " called on incompatible receiver " + t.Show(at.this)
	}
	return ""
}

// constructor words errors of built-in constructors.
func (t *Teller) constructor(at *site, message string) string {
	n := at.count()
	args := at.stack[max(at.height-n, 0):at.height]
	var first goja.Value = goja.Undefined()
	if len(args) > 0 {
		first = args[0]
	}
	class := ""
	if f, ok := at.top(n + 1).(*goja.Object); ok {
		class = strings.TrimSuffix(strings.TrimPrefix(t.Show(f), "function "), "() { [native code] }")
	}
	rest, noObject := strings.CutPrefix(message, "Value is not an object: ")
	switch {
	case isNotIterable(message):
		return t.notIterable(first)
	case class == "Promise" && (noObject || strings.HasPrefix(message, "Value is not callable")):
		return "Promise resolver " + t.Show(first) + " is not a function"
	case noObject && class == "WeakMap":
		return "Invalid value used as weak map key"
	case noObject && class == "WeakSet":
		return "Invalid value used in weak set"
	case noObject && class == "Map":
		return "Iterator value " + rest + " is not an entry object"
	case strings.HasPrefix(message, "Invalid index ") && class == "ArrayBuffer":
		return "Invalid array buffer length"
	case strings.HasPrefix(message, "Invalid index ") && strings.HasSuffix(class, "Array"):
		return "Invalid typed array length: " + t.Show(first)
	}
	return ""
}
