package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// host is the runtime as the built-in modules see it.
type host struct {
	rt     *runtime
	ctx    context.Context // of the request, with its deadline; made by the first call of Context
	cancel context.CancelFunc
	timer  string // the place of the last one that was set, while a person works on it
}

var _ module.Host = (*host)(nil)

// Runtime returns the interpreter.
func (h *host) Runtime() *goja.Runtime { return h.rt.vm }

// MaxValue returns how large a single value may be, in bytes.
func (h *host) MaxValue() int64 { return h.rt.checks.Max }

// Context returns the context of the request, or of the load.
func (h *host) Context() context.Context {
	if h.ctx == nil {
		ctx, deadline := h.rt.guard.due()
		h.ctx, h.cancel = context.WithDeadlineCause(ctx, deadline, errDeadline)
	}
	return h.ctx
}

// Logger returns a logger that marks its lines with the page and the request.
func (h *host) Logger() *slog.Logger { return h.rt.logger() }

// Place returns where in the page the function is called that is running, while a person works on it.
func (h *host) Place() string {
	if !h.rt.page.e.cfg.Dev {
		return ""
	}
	for _, f := range h.rt.vm.CaptureCallStack(maxStack, nil) {
		if src, at := h.rt.sourceOf(f); src != nil {
			return at.String()
		}
	}
	return ""
}

// Reserve announces a result that will come later.
func (h *host) Reserve() func(callback func() error) {
	settle := h.rt.loop.Reserve()
	return func(callback func() error) { settle(h.jobs(callback)) }
}

// After runs callback once d has passed.
func (h *host) After(d time.Duration, callback func() error) int64 {
	if at := h.Place(); at != "" {
		h.timer = at
	}
	return h.rt.loop.After(d, h.jobs(callback))
}

// Cancel drops a timer.
func (h *host) Cancel(id int64) { h.rt.loop.Cancel(id) }

// Fail ends the request with err.
func (h *host) Fail(err error) { h.rt.loop.Fail(err) }

// State returns the runtime's own value for key.
func (h *host) State(key any, make func() any) any {
	v, ok := h.rt.state[key]
	if !ok {
		v = make()
		if h.rt.state == nil {
			h.rt.state = map[any]any{}
		}
		h.rt.state[key] = v
	}
	return v
}

// jobs lets what callback settles take effect: the interpreter runs the jobs of promises when a
// call from outside ends.
func (h *host) jobs(callback func() error) func() error {
	return func() error {
		var err error
		if jobs := h.rt.inside(func() { err = callback() }); err == nil {
			err = jobs
		}
		return err
	}
}

// reset ends the request's context.
func (h *host) reset() {
	h.timer = ""
	if h.cancel != nil {
		h.cancel()
		h.ctx, h.cancel = nil, nil
	}
}
