package module

import (
	"time"

	"github.com/dop251/goja"
)

// timeOrigin is the zero of performance.now, for all runtimes alike: about when the process began.
var timeOrigin = time.Now()

// loadPerformance makes the global performance: now and timeOrigin (High Resolution Time, 7).
func loadPerformance(host Host) (goja.Value, error) {
	rt := host.Runtime()
	o := rt.NewObject()
	define(o, "now", newFunction(rt, "now", 0, func(goja.FunctionCall) goja.Value {
		return rt.ToValue(milliseconds(time.Since(timeOrigin)))
	}))
	define(o, "timeOrigin", rt.ToValue(milliseconds(time.Duration(timeOrigin.UnixNano()))))
	define(o, "toJSON", newFunction(rt, "toJSON", 0, func(goja.FunctionCall) goja.Value {
		json := rt.NewObject()
		if err := json.Set("timeOrigin", milliseconds(time.Duration(timeOrigin.UnixNano()))); err != nil {
			panic(err)
		}
		return json
	}))
	err := tag(o, rt.ToValue("Performance"))
	return o, err
}

// milliseconds is d with the microseconds behind the point.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
