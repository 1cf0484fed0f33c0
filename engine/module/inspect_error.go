package module

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja"

	"wizgy/engine/internal/natives"
)

// maxFrames is how many lines of a stack are shown.
const maxFrames = 12

// frame matches a line of a stack; goja ends it with an offset into its own instructions.
var frame = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s+at (.*?)(?:\(\d+\)(\)?))?$`)
})

// errorShape is the shape of an error: its stack, and what else the page has put into it.
func (in *inspector) errorShape(o *goja.Object) shape {
	rd := in.reader()
	sh := shape{kind: "Error"}
	if !rd.stackIsSafe(o) {
		sh.base = in.stackText(o, in.errorTitle(o)+framesText(o))
		return sh
	}
	p, _ := rd.own(o, rd.rt.ToValue("stack"))
	if text, ok := p.value.(goja.String); ok {
		sh.base = in.stackText(o, clip(text, maxInspect))
	} else {
		sh.base = "[" + in.errorTitle(o) + "]"
	}
	sh.keys = slices.DeleteFunc(slices.Clone(in.keys(o)), func(key string) bool { return key == "name" && in.hasName(o, sh.base) })
	for _, name := range []string{"cause", "errors"} {
		if _, ok := rd.own(o, rd.rt.ToValue(name)); ok {
			sh.hidden = append(sh.hidden, name)
		}
	}
	return sh
}

// errorTitle is the name and message of err, as far as they can be told without asking it.
func (in *inspector) errorTitle(err *goja.Object) string {
	rd := in.reader()
	text := func(key string) string {
		if p, _ := rd.lookup(err, rd.rt.ToValue(key)); p.value != nil && goja.IsString(p.value) {
			return clip(p.value.(goja.String), maxInspectString)
		}
		return ""
	}
	name, message := in.errorName(err, text("name")), text("message")
	if message == "" {
		return name
	}
	return name + ": " + message
}

// errorName is the name that is shown of an error: that of its class, if the one that it has says no more than Error.
func (in *inspector) errorName(err *goja.Object, name string) string {
	if name != "" && name != "Error" {
		return name
	}
	class, _ := in.constructorName(err)
	if first, _ := utf8.DecodeRuneInString(class); unicode.IsUpper(first) { // it is not one that a minifier made
		return class
	}
	return "Error"
}

// ErrorName is the name that console shows of an error that has a name. It runs no code of the page.
func ErrorName(host Host, err *goja.Object, name string) (shown string) {
	defer func() {
		if recover() != nil {
			shown = name
		}
	}()
	in := newInspector(readerOf(host))
	return in.errorName(err, name)
}

// hasName reports whether the text of an error begins with its name.
func (in *inspector) hasName(err *goja.Object, text string) bool {
	p, _ := in.reader().own(err, in.rd.rt.ToValue("name"))
	return p.value != nil && goja.IsString(p.value) && strings.HasPrefix(strings.TrimPrefix(text, "["), p.value.String())
}

// framesText is the stack of an error as goja writes it, without its title.
func framesText(err *goja.Object) string {
	var b bytes.Buffer
	for _, f := range natives.Frames(err) {
		b.WriteString("\n\tat ")
		f.Write(&b)
	}
	return b.String()
}

// stackText tidies the text of a stack: names the class where the text says only Error, cuts
// goja's offsets, and keeps the first lines.
func (in *inspector) stackText(err *goja.Object, stack string) string {
	var title, frames []string
	for _, line := range strings.Split(strings.TrimRight(stack, "\n"), "\n") {
		m := frame().FindStringSubmatch(line)
		switch {
		case m != nil && isOurs(m[1]):
		case m != nil:
			frames = append(frames, "\n    at "+place(m[1])+m[2])
		case frames == nil:
			title = append(title, line)
		}
	}
	text := strings.Join(title, "\n")
	if rest, ok := strings.CutPrefix(text, "Error"); ok && (rest == "" || rest[0] == ':') {
		text = in.errorName(err, "Error") + rest
	}
	if len(frames) == 0 {
		return "[" + text + "]"
	}
	if n := len(frames) - maxFrames; n > 0 {
		frames = append(frames[:maxFrames], "\n    ... "+count(int64(n), "more line", "more lines"))
	}
	return text + strings.Join(frames, "")
}

// place writes a line of a stack as people know the file: in the text of a stack its name is
// percent-encoded.
func place(line string) string {
	if name, err := url.PathUnescape(line); err == nil {
		return name
	}
	return line
}

// isOurs reports whether a line of a stack is about a program of this package.
func isOurs(line string) bool {
	return strings.HasPrefix(line, "wizgy:") || strings.Contains(line, " (wizgy:")
}
