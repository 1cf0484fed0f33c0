package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"wizgy/engine/internal/natives"
	"wizgy/engine/module"
)

// Bounds of what is told of the errors that an error has within: those that come of it may be many, and
// may go round in a circle.
const (
	maxCauses      = 10 // errors, altogether
	maxCauseFrames = 4  // of the stack of each
	maxCauseText   = 300
)

// causes tells of what an error came from: its cause, the errors of an AggregateError, and what a
// SuppressedError has suppressed.
type causes struct {
	rt    *runtime
	lines []string
	seen  []*goja.Object
	count int
	stack []goja.StackFrame // of the first one that has one
}

// causesOf returns lines that tell of what an error has within. It may run the page's own code.
// The stack is that of the first of those, which stands for an error that has none itself: that of
// Promise.any.
func (rt *runtime) causesOf(o *goja.Object) (lines []string, stack []goja.StackFrame) {
	c := causes{rt: rt, seen: []*goja.Object{o}}
	if err := rt.inside(func() { c.within(o, "") }); err != nil {
		return nil, nil
	}
	return c.lines, c.stack
}

// within adds what an error has within. The interpreter runs the page's code as if the page had called it.
func (c *causes) within(o *goja.Object, indent string) {
	c.own(o, indent)
	if v := o.Get("cause"); v != nil && !goja.IsUndefined(v) {
		c.add(v, "[cause]", indent)
	}
	list, ok := o.Get("errors").(*goja.Object)
	if ok && list.ClassName() == "Array" {
		n := int(min(list.Get("length").ToInteger(), maxCauses))
		for i := range n {
			c.add(list.Get(fmt.Sprint(i)), fmt.Sprintf("[errors][%d]", i), indent)
		}
	}
	for _, name := range []string{"error", "suppressed"} {
		if v := o.Get(name); v != nil && c.isSuppressed(o) {
			c.add(v, "["+name+"]", indent)
		}
	}
}

// own adds the properties that the page has given an error, such as a code, as console shows them.
func (c *causes) own(o *goja.Object, indent string) {
	given := c.rt.vm.NewObject()
	for _, key := range o.Keys() {
		v := o.Get(key)
		typ := v.ExportType()
		isGo := typ != nil && typ.Implements(errorType) // what a built-in function has failed with
		if isGo || slices.Contains(toldOtherwise, key) {
			continue
		}
		if given.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); len(given.Keys()) == maxCauses {
			break
		}
	}
	if len(given.Keys()) > 0 {
		text := lineEnds.ReplaceAllString(module.Inspect(c.rt.vm, given), " ")
		c.lines = append(c.lines, indent+cut(text, maxCauseText))
	}
}

var lineEnds = regexp.MustCompile(`\n *`)

var toldOtherwise = []string{"name", "message", "stack", "cause", "errors", "error", "suppressed"}

func (c *causes) isSuppressed(o *goja.Object) bool {
	name := o.Get("name")
	return name != nil && goja.IsString(name) && name.String() == "SuppressedError"
}

// add adds one of what an error has within.
func (c *causes) add(v goja.Value, label, indent string) {
	c.count++
	switch o, ok := v.(*goja.Object); {
	case c.count == maxCauses+1:
		c.lines = append(c.lines, indent+"[and more]")
	case c.count > maxCauses:
	case ok && slices.Contains(c.seen, o):
		c.lines = append(c.lines, indent+label+": [circular]")
	case ok && c.rt.isError(o):
		c.seen = append(c.seen, o)
		c.lines = append(c.lines, indent+label+": "+oneLine(cut(c.rt.errorTitle(o), maxCauseText)))
		stack := natives.Frames(o)
		if c.stack == nil {
			c.stack = stack
		}
		for _, frame := range c.rt.frames(stack, maxCauseFrames) {
			c.lines = append(c.lines, indent+"    "+frame)
		}
		c.within(o, indent+"  ")
	default:
		c.lines = append(c.lines, indent+label+": "+oneLine(cut(module.Inspect(c.rt.vm, v), maxCauseText)))
	}
}

// oneLine shows the ends of lines as characters.
func oneLine(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(s)
}
