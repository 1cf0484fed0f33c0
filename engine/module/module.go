// Package module is the contract between the engine and what is built into its runtimes: the
// modules that a page imports by name (import { params } from "wizgy:http") and the globals that
// it finds in place (console, setTimeout, URL …). It also holds those built-ins, one file each.
//
// A built-in is a row of an explicit table ([Builtins], [Globals]) with a Load function. Load is
// called at most once per runtime, the first time that a page touches the name, so a built-in
// that nobody uses costs nothing.
package module

import (
	"context"
	"log/slog"
	"time"

	"github.com/dop251/goja"
)

// Host is one runtime, as far as a built-in may see it. Unless a method says otherwise it is
// called on the goroutine that is running the interpreter, as every goja value is.
type Host interface {
	// Runtime returns the interpreter. Values made with it must not leave it.
	Runtime() *goja.Runtime

	// Context returns the context of the request that is being answered, or of the load while
	// the page's top level runs. It ends at the deadline, and when the client goes away.
	Context() context.Context

	// Logger returns a logger that marks its lines with the page and the request.
	Logger() *slog.Logger

	// Reserve announces a result that will come later, and keeps the event loop waiting for it.
	// The function that it returns hands over a callback, which the loop then runs on the
	// interpreter's goroutine; an error of the callback is the request's error. It may be called
	// from any goroutine, once; calls after the first, and calls after the request has ended,
	// do nothing.
	Reserve() (settle func(callback func() error))

	// After runs callback on the interpreter's goroutine once d has passed (in the next turn of
	// the loop for d <= 0), and keeps the loop waiting until then. An error of the callback is
	// the error of the request that called After. Timers that are left when the request ends
	// are dropped. The id is positive and never used twice in a runtime.
	After(d time.Duration, callback func() error) (id int64)

	// Cancel drops the timer that After gave id to. It does nothing for any other id.
	Cancel(id int64)

	// Fail ends the request with err, as an exception that no caller could catch does.
	// Only the first error counts. A nil err is ignored.
	Fail(err error)

	// State returns the runtime's own value for key, which is made by the first call. Built-ins
	// that belong together share through it what they know of one runtime, such as a class.
	State(key any, make func() any) any
}

// Module is a built-in module.
type Module struct {
	// Name is what a page imports, with the prefix "wizgy:".
	Name string

	// Load makes the module's exports for one runtime. An error is thrown at the import.
	Load func(Host) (*goja.Object, error)
}

// Global is a built-in global variable. It is made when a page first touches it, and a page may
// assign to it or delete it as to any other variable.
type Global struct {
	// Name is the variable's name.
	Name string

	// Load makes the variable's value for one runtime. An error is thrown at the first use.
	Load func(Host) (goja.Value, error)
}
