package module

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/dop251/goja"
)

// maxLabels is how many counters, and how many timers, a request can have.
const maxLabels = 1000

// label is the name of a counter or timer. The standard would call toString of an object.
func label(args []goja.Value) string {
	if len(args) == 0 || goja.IsUndefined(args[0]) {
		return "default"
	}
	if s, ok := args[0].(goja.String); ok {
		return clip(s, maxName)
	}
	if isObject(args[0]) {
		return "[object]"
	}
	return primitive(args[0])
}

func (c *console) count(args []goja.Value) {
	c.ofRequest()
	of := label(args)
	if len(c.counts) < maxLabels || c.counts[of] > 0 {
		c.counts[of]++
	}
	c.print(slog.LevelInfo, of+": "+strconv.Itoa(c.counts[of]))
}

func (c *console) countReset(args []goja.Value) {
	c.ofRequest()
	of := label(args)
	if c.counts[of] == 0 {
		c.print(slog.LevelWarn, "console.countReset: nothing was counted as "+quote(of, 0))
	}
	delete(c.counts, of)
}

func (c *console) time(args []goja.Value) {
	c.ofRequest()
	of := label(args)
	if _, ok := c.timers[of]; ok {
		c.print(slog.LevelWarn, "console.time: the timer "+quote(of, 0)+" is running already")
		return
	}
	if len(c.timers) < maxLabels {
		c.timers[of] = time.Now()
	}
}

func (c *console) timeLog(args []goja.Value) { c.elapsed("timeLog", args) }

func (c *console) timeEnd(args []goja.Value) {
	c.elapsed("timeEnd", args[:min(len(args), 1)])
	delete(c.timers, label(args))
}

// elapsed prints the time of a timer, and what follows its name in args.
func (c *console) elapsed(method string, args []goja.Value) {
	c.ofRequest()
	of := label(args)
	start, ok := c.timers[of]
	if !ok {
		c.print(slog.LevelWarn, "console."+method+": no timer "+quote(of, 0)+" is running")
		return
	}
	text := of + ": " + duration(time.Since(start))
	if len(args) > 1 {
		in := newInspector(readerOf(c.host))
		text += join(in, args[1:])
	}
	c.print(slog.LevelInfo, text)
}

// duration writes d in the unit that it is read in, to three decimals.
func duration(d time.Duration) string {
	if d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + "s"
	}
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 3, 64) + "ms"
}
