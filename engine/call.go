package engine

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/dop251/goja"

	"wizgy/engine/internal/readers"
	"wizgy/engine/internal/spool"
)

// call is one request, answered by one runtime.
type call struct {
	rt  *runtime
	w   http.ResponseWriter
	r   *http.Request
	env *environ

	head     head   // what start_response was given
	started  bool   // start_response was called
	sent     bool   // the head is out
	written  bool   // write() was used
	sentSize int64  // bytes of the body that are out
	text     string // the whole body, to be sent when the runtime is free again
	whole    bool   // text is set
	full     bool   // the page's own Content-Length is reached, and there was more
	complete bool   // the end of the body was there
	over     bool   // the request has ended: the page's functions work no more

	fewFields [4]field // what head.fields begins as

	brought
	input      *input
	bodyError  *goja.Object // what reading the request's body threw
	bodyStatus int
	log        *slog.Logger
}

// recorder is what a server's ResponseWriter may be too: its notes on the request.
type recorder interface {
	SetPage(name string)
	SetGeneration(generation uint64)
	RequestID() uint64
}

// brought is what a request brings: a body that was taken in, one that is read as it comes, or none.
type brought struct {
	body   *spool.Body
	reader *readers.Reader
}

// serve answers a request with this generation of the page.
func (p *page) serve(w http.ResponseWriter, r *http.Request, m match, b brought) error {
	rt, err := p.pool.get(r.Context())
	if err != nil {
		return err
	}
	c := rt.newCall(w, r, m)
	c.brought = b
	err = rt.guarded(r.Context(), p.e.cfg.Timeout, func() error {
		err := c.run()
		c.over = true // what follows runs the page's code too, such as the getters of an error
		if err != nil {
			err = rt.explainError(err)
		}
		rt.finish()
		return err
	})
	free := rt.endCall(c, err)
	if rt.spoiled {
		p.pool.discard(rt)
	} else {
		p.pool.put(rt)
	}
	if err == nil && c.whole {
		err = c.sendWhole()
	}
	if free {
		*c = call{}
		calls.Put(c)
	}
	return err
}

// calls are those that nobody has a reference to.
var calls = sync.Pool{New: func() any { return new(call) }}

// newCall begins a request.
func (rt *runtime) newCall(w http.ResponseWriter, r *http.Request, m match) *call {
	c := calls.Get().(*call)
	c.rt, c.w, c.r = rt, w, r
	rt.call = c
	if !rt.usage.onlyReads || rt.environ == nil {
		rt.environ = &environ{rt: rt}
		rt.environObject = rt.vm.NewDynamicObject(rt.environ)
	}
	c.env = rt.environ
	c.env.call, c.env.r, c.env.m = c, r, m
	return c
}

// endCall ends a request. It reports whether the call can be used for another one, because the
// page has no reference to it.
func (rt *runtime) endCall(c *call, err error) (free bool) {
	env := c.env
	c.over, env.r = true, nil
	if !rt.usage.onlyReads || rt.checks.Watched {
		rt.environ, rt.environObject = nil, nil // the page may hold on to it
		return false
	}
	free = err == nil && env.values == nil && rt.usage.noWrite
	if free {
		env.call = nil
	} else {
		rt.environ, rt.environObject = nil, nil
	}
	return free
}

// run calls application and sends what it returns.
func (c *call) run() error {
	result, err := c.rt.app(goja.Undefined(), c.rt.environObject, c.starter())
	if err != nil {
		return err
	}
	if goja.IsString(result) {
		return c.sendText(result.String())
	}
	if part, ok := c.onlyOf(result); ok {
		if err := c.ready(!part.empty()); err != nil {
			return err
		}
		return c.sendAll(part)
	}
	return c.sendResult(result)
}

// starter returns the page's start_response.
func (c *call) starter() goja.Value {
	if !c.rt.usage.onlyCalls {
		return c.rt.vm.ToValue(c.startResponse)
	}
	return c.rt.ownStarter()
}

// ownStarter returns the start_response that the page cannot keep.
func (rt *runtime) ownStarter() goja.Value {
	if rt.starter == nil {
		rt.starter = rt.vm.ToValue(func(args goja.FunctionCall) goja.Value { return rt.call.startResponse(args) })
	}
	return rt.starter
}

// onlyOf is the short way for what most pages return: an array of one string, or of bytes, and nothing
// else about it.
func (c *call) onlyOf(v goja.Value) (part chunk, ok bool) {
	list := c.array(v)
	if list == nil {
		return chunk{}, false
	}
	err := c.rt.inside(func() {
		if list.Get("length").ToInteger() != 1 || list.Get("then") != nil || list.Get("close") != nil || list.GetSymbol(symAsyncIterator) != nil {
			return
		}
		part, ok = c.chunkOf(list.Get("0"))
	})
	return part, ok && err == nil
}

// logger returns a logger that marks its lines with the page and the request.
func (c *call) logger() *slog.Logger {
	if c.log == nil {
		c.log = c.rt.page.e.log.With("page", c.rt.page.name)
		if r, ok := c.w.(recorder); c.env.r == nil {
			return c.log // the writer may be another request's by now
		} else if ok {
			c.log = c.log.With("request", r.RequestID())
		} else {
			c.log = c.log.With("method", c.r.Method, "path", c.r.URL.EscapedPath())
		}
	}
	return c.log
}

// unblock makes a read from the client, or a write to it, return at once with an error.
func (c *call) unblock() {
	rc := http.NewResponseController(c.w)
	past := time.Unix(1, 0)
	rc.SetReadDeadline(past)
	rc.SetWriteDeadline(past)
}

// piece is how much a client is given at a time. Where the server has no limit of its own, it has
// the whole limit of the page to take each piece.
const piece = 64 << 10

// limiter is what a server's ResponseWriter may be too: it ends a read of the request's body, or a
// write of the answer, when the client is too slow. It knows what the client does take, of which
// nothing is to be seen here before there is room for another piece.
type limiter interface {
	LimitsClient() (body, answer bool)
}

// limits says what the server limits by itself.
func (c *call) limits() (body, answer bool) {
	if l, ok := c.w.(limiter); ok {
		return l.LimitsClient()
	}
	return false, false
}

// write sends bytes to the client, whose slowness is not the page's.
func (c *call) write(part chunk) error {
	rc := http.NewResponseController(c.w)
	_, limited := c.limits()
	for last := false; !last; {
		if ctx := c.r.Context(); ctx.Err() != nil {
			return ended(ctx)
		}
		head, tail := part.cut(piece)
		last = tail.empty()
		var err error
		c.rt.guard.client(limited, c.unblock, func() {
			if head.bytes != nil {
				_, err = c.w.Write(head.bytes)
			} else {
				_, err = io.WriteString(c.w, head.text)
			}
			if err != nil || !last {
				return
			}
			if e := rc.Flush(); !errors.Is(e, http.ErrNotSupported) {
				err = e
			}
		})
		if cause := c.rt.guard.fired(); err != nil && cause != nil {
			return cause // it has ended the write
		}
		if err != nil {
			return ended(c.r.Context())
		}
		part = tail
	}
	return nil
}
