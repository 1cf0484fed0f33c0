package module

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// console writes to the log of the site what a page prints (Console Standard). Its counters,
// timers and groups are those of one request: the next one starts afresh.
type console struct {
	host Host

	ctx    context.Context // of the request that the rest belongs to; nil before first use
	indent string
	counts map[string]int
	timers map[string]time.Time
}

// loadConsole makes the global console.
func loadConsole(host Host) (goja.Value, error) {
	rt, c := host.Runtime(), &console{host: host}
	o := rt.NewObject()
	for _, m := range []struct {
		name string
		call func(args []goja.Value)
	}{
		{"log", c.logger(slog.LevelInfo)},
		{"info", c.logger(slog.LevelInfo)},
		{"warn", c.logger(slog.LevelWarn)},
		{"error", c.logger(slog.LevelError)},
		{"debug", c.logger(slog.LevelInfo)}, // as Node prints it, too
		{"trace", c.trace},
		{"assert", c.assert},
		{"dir", c.dir},
		{"dirxml", c.logger(slog.LevelInfo)},
		{"table", c.table},
		{"count", c.count},
		{"countReset", c.countReset},
		{"time", c.time},
		{"timeEnd", c.timeEnd},
		{"timeLog", c.timeLog},
		{"group", c.group},
		{"groupCollapsed", c.group},
		{"groupEnd", c.groupEnd},
	} {
		err := o.Set(m.name, newFunction(rt, m.name, 0, func(call goja.FunctionCall) goja.Value {
			m.call(call.Arguments)
			return goja.Undefined()
		}))
		if err != nil {
			return nil, err
		}
	}
	err := tag(o, rt.ToValue("console"))
	return o, err
}

// print writes one entry of the log.
func (c *console) print(level slog.Level, text string) {
	if c.indent != "" {
		c.ofRequest()
		text = c.indent + strings.ReplaceAll(text, "\n", "\n"+c.indent)
	}
	log := c.host.Logger()
	if p, ok := c.host.(placer); ok {
		if at := p.Place(); at != "" {
			log = log.With("at", at)
		}
	}
	log.Log(context.Background(), level, Logged(text))
}

// placer is what a [Host] may be too: it tells where in the page a built-in function is called, or "" where nobody wants to know.
type placer interface{ Place() string }

// ofRequest forgets what another request has left in c.
func (c *console) ofRequest() {
	if ctx := c.host.Context(); ctx != c.ctx {
		*c = console{host: c.host, ctx: ctx, counts: map[string]int{}, timers: map[string]time.Time{}}
	}
}

// format returns the text of args, of which the first may be a format.
func (c *console) format(args []goja.Value) string {
	return format(newInspector(readerOf(c.host)), args)
}

func (c *console) logger(level slog.Level) func([]goja.Value) {
	return func(args []goja.Value) {
		if c.host.Logger().Enabled(context.Background(), level) {
			c.print(level, c.format(args))
		}
	}
}

// trace prints where it is called from.
func (c *console) trace(args []goja.Value) {
	text := "Trace"
	if len(args) > 0 {
		text += ": " + c.format(args)
	}
	for _, f := range c.host.Runtime().CaptureCallStack(maxFrames+1, nil)[1:] {
		at := place(f.Position().String())
		if isOurs(at) {
			continue
		}
		if name := f.FuncName(); name != "<anonymous>" {
			at = name + " (" + at + ")"
		}
		text += "\n    at " + at
	}
	c.print(slog.LevelError, text)
}

// assert prints unless its first argument is true.
func (c *console) assert(args []goja.Value) {
	if len(args) > 0 {
		if args[0].ToBoolean() {
			return
		}
		args = args[1:]
	}
	text := "Assertion failed"
	if len(args) > 0 {
		text += ": " + c.format(args)
	}
	c.print(slog.LevelError, text)
}

// dir prints an object to the depth of its options.
func (c *console) dir(args []goja.Value) {
	in, depth := newInspector(readerOf(c.host)), maxInspectDepth
	var v goja.Value = goja.Undefined()
	if len(args) > 0 {
		v = args[0]
	}
	if len(args) > 1 && isObject(args[1]) {
		p, _ := in.rd.lookup(args[1].(*goja.Object), in.rd.rt.ToValue("depth"))
		switch {
		case goja.IsNull(p.value):
			depth = maxDirDepth
		case p.value != nil && goja.IsNumber(p.value):
			depth = int(min(max(p.value.ToFloat(), 0), maxDirDepth))
		}
	}
	c.print(slog.LevelInfo, in.inspect(v, depth))
}

// maxDirDepth is how deep console.dir looks when it is told to look all the way.
const maxDirDepth = 50

func (c *console) group(args []goja.Value) {
	c.ofRequest()
	if len(args) > 0 {
		c.print(slog.LevelInfo, c.format(args))
	}
	if len(c.indent) < 40 {
		c.indent += "  "
	}
}

func (c *console) groupEnd([]goja.Value) {
	c.ofRequest()
	c.indent = strings.TrimPrefix(c.indent, "  ")
}
