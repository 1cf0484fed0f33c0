package wording

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// rule words an error of an instruction, or returns "".
type rule func(t *Teller, at *site, message string) string

// byInstruction has the instructions whose errors are worded, by the names that the interpreter gives them.
var byInstruction = map[string]rule{
	"call": called, "callVariadic": called, "callEval": called, "callEvalStrict": called,
	"callEvalVariadic": called, "callEvalVariadicStrict": called,
	"new": constructed, "newVariadic": constructed,

	"getProp": read(1), "getPropCallee": read(1), "getPropRecv": read(1), "getPropRecvCallee": read(1),
	"getElem": readElement(2, 1), "getElemCallee": readElement(2, 1), "getKey": readElement(2, 1),
	"getElemRecv": readElement(1, 2), "getElemRecvCallee": readElement(2, 1),

	"setProp": written(2), "setPropP": written(2), "setPropStrict": written(2), "setPropStrictP": written(2),
	"setElem": writtenElement, "setElemP": writtenElement, "setElemStrict": writtenElement, "setElemStrictP": writtenElement,
	"getPropRef": referred, "getPropRefStrict": referred, "getElemRef": referred, "getElemRefStrict": referred,
	"deleteProp": deleted, "deletePropStrict": deleted, "deleteElem": deleted, "deleteElemStrict": deleted,

	"iterate": iterated, "iterateP": iterated, "iterNext": stepped, "iterGetNextOrUndef": stepped,
	"pushArraySpread": spread, "pushSpread": spread,
	"checkObjectCoercible": destructured, "createDestructSrc": destructured,

	"op_in": searched, "op_instanceof": instance,
	"newDerivedClass": extended,
}

// printer prints expressions of the program, with the names of the source.
func (t *Teller) printer(at *site) printer {
	return printer{func(place file.Idx, name string) string {
		if t.Name == nil {
			return name
		}
		return t.Name(at.file.Position(int(place)-1), name)
	}}
}

// called: what is called is no function.
func called(t *Teller, at *site, message string) string {
	if message == calledWithoutNew {
		if class, ok := at.top(at.count() + 1).(*goja.Object); ok {
			return withoutNew(t.FunctionName(class))
		}
		return ""
	}
	if !isNoFunction(message) {
		return ""
	}
	if at.inHelper() {
		return t.inHelper(at, message)
	}
	if callee := t.calleeAt(at); callee != nil {
		return t.printer(at).print(callee) + " is not a function"
	}
	return nameless(message) + " is not a function"
}

// nameless returns what the interpreter says itself of what is called, where nothing else is known.
func nameless(message string) string {
	if _, member, ok := strings.Cut(message, "Object has no member '"); ok {
		return strings.TrimSuffix(member, "'")
	}
	_, value, _ := strings.Cut(message, ": ")
	return value
}

// calleeAt returns what is called.
func (t *Teller) calleeAt(at *site) ast.Expression {
	place := file.Idx(at.offset + 1)
	switch n := t.find(at, "call", func(node any) bool {
		switch n := node.(type) {
		case *ast.CallExpression:
			return n.LeftParenthesis == place
		case *ast.TemplateLiteral:
			return n.Tag != nil && (n.OpenQuote == place || placeOf(n.Tag) == place || n.Tag.Idx0() == place)
		}
		return false
	}).(type) {
	case *ast.CallExpression:
		return n.Callee
	case *ast.TemplateLiteral:
		return n.Tag
	}
	return nil
}

const calledWithoutNew = "Class constructor cannot be invoked without 'new'"

func withoutNew(class string) string {
	return "Class constructor " + class + " cannot be invoked without 'new'"
}

func isNoFunction(message string) bool {
	return strings.HasPrefix(message, "Value is not an object: ") || strings.HasPrefix(message, "Not a function: ") ||
		strings.HasPrefix(message, "Object has no member ")
}

// constructed: what new is used on is no constructor, or cannot be given what it is.
func constructed(t *Teller, at *site, message string) string {
	if message != "Value is not a constructor" && !strings.HasPrefix(message, "Value is not an object: ") {
		return ""
	}
	place := file.Idx(at.offset + 1)
	n, _ := t.find(at, "new", func(node any) bool {
		n, ok := node.(*ast.NewExpression)
		return ok && n.New == place
	}).(*ast.NewExpression)
	if _, isObject := at.top(at.count() + 1).(*goja.Object); n == nil || isObject && message != "Value is not a constructor" {
		return "" // the constructor itself says so
	}
	return t.printer(at).print(n.Callee) + " is not a constructor"
}

// read: a property of null or undefined is read. of is where that lies.
func read(of int) rule {
	return func(t *Teller, at *site, message string) string {
		if !strings.HasPrefix(message, "Cannot read property '") {
			return ""
		}
		return t.cannotRead(at.top(of), at.property())
	}
}

func readElement(of, key int) rule {
	return func(t *Teller, at *site, message string) string {
		if !strings.HasPrefix(message, "Cannot read property '") {
			return ""
		}
		return t.cannotRead(at.top(of), t.key(at.top(key)))
	}
}

func (t *Teller) cannotRead(of goja.Value, key string) string {
	if key == "Symbol(Symbol.iterator)" {
		return t.notIterable(of)
	}
	return "Cannot read properties of " + t.Show(of) + " (reading '" + key + "')"
}

// key shows a value that is used as the name of a property, as far as that runs no code of the page.
func (t *Teller) key(v goja.Value) string { return t.Show(v) }

// written: a property is set that cannot be.
func written(of int) rule {
	return func(t *Teller, at *site, message string) string {
		return t.cannotSet(at.top(of), at.property(), message)
	}
}

func writtenElement(t *Teller, at *site, message string) string {
	return t.cannotSet(at.top(3), t.key(at.top(2)), message)
}

func (t *Teller) cannotSet(of goja.Value, key, message string) string {
	_, isObject := of.(*goja.Object)
	switch {
	case goja.IsNull(of), goja.IsUndefined(of):
		return "Cannot set properties of " + t.Show(of) + " (setting '" + key + "')"
	case isObject && (message == "" || message == "length is not writable" || message == "Cannot assign to read only property '"+key+"'"):
		return t.readOnly(of.(*goja.Object), key)
	case isObject:
		return ""
	case strings.HasPrefix(message, "Cannot assign to read only property"):
		return "Cannot assign to read only property '" + key + "' of " + kind(of) + " '" + t.Show(of) + "'"
	}
	return "Cannot create property '" + key + "' on " + kind(of) + " '" + t.Show(of) + "'"
}

// readOnly tells a property that is constant from one that has a getter and no setter.
func (t *Teller) readOnly(o *goja.Object, key string) string {
	if t.Has != nil && !t.Has(o, key) {
		return "Cannot add property " + key + ", object is not extensible"
	}
	if t.Getter != nil && t.Getter(o, key) {
		return "Cannot set property " + key + " of " + t.Show(o) + " which has only a getter"
	}
	what := "object"
	if o.ClassName() == "Function" {
		what = "function"
	}
	return "Cannot assign to read only property '" + key + "' of " + what + " '" + t.Show(o) + "'"
}

// referred: o.x ??= 1 and the like.
func referred(t *Teller, at *site, message string) string {
	if message != "Cannot convert undefined or null to object" {
		return ""
	}
	if key := at.property(); key != "" {
		return t.cannotRead(at.top(1), key)
	}
	return t.cannotRead(at.top(2), t.key(at.top(1)))
}

func deleted(t *Teller, at *site, message string) string {
	const before = "Cannot delete property '"
	rest, ok := strings.CutPrefix(message, before)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "' of ")
	of := at.top(1)
	if at.property() == "" {
		of = at.top(2)
	}
	return before + name + "' of " + t.Show(of)
}

// searched: what stands after in is no object.
func searched(t *Teller, at *site, message string) string {
	if !strings.HasPrefix(message, "Value is not an object: ") {
		return ""
	}
	return "Cannot use 'in' operator to search for '" + t.key(at.top(2)) + "' in " + t.Show(at.top(1))
}

func instance(t *Teller, at *site, message string) string {
	switch {
	case strings.HasPrefix(message, "Value is not an object: "):
		return "Right-hand side of 'instanceof' is not an object"
	case strings.HasPrefix(message, "Expecting a function in instanceof check"):
		return "Right-hand side of 'instanceof' is not callable"
	case message == "prototype is not an object":
		return "Function has non-object prototype 'undefined' in instanceof check"
	}
	return ""
}

func extended(t *Teller, at *site, message string) string {
	if message != "Class extends value is not a constructor or null" {
		return ""
	}
	return "Class extends value " + t.Show(at.top(1)) + " is not a constructor or null"
}

// kind is the type of a value that is no object.
func kind(v goja.Value) string {
	switch {
	case goja.IsString(v):
		return "string"
	case goja.IsBigInt(v):
		return "bigint"
	case goja.IsNumber(v):
		return "number"
	case goja.IsUndefined(v):
		return "undefined"
	case goja.IsNull(v):
		return "object"
	}
	if _, ok := v.(*goja.Symbol); ok {
		return "symbol"
	}
	return "boolean"
}
