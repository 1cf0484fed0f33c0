package engine

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/dop251/goja"
)

// call is one request, answered by one runtime.
type call struct {
	rt  *runtime
	w   http.ResponseWriter
	r   *http.Request
	env environ

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

// serve answers a request with this generation of the page.
func (p *page) serve(w http.ResponseWriter, r *http.Request, m match) error {
	rt, err := p.pool.get(r.Context())
	if err != nil {
		return err
	}
	c := &call{rt: rt, w: w, r: r}
	c.env = environ{rt: rt, call: c, r: r, m: m}
	rt.call = c
	err = rt.guarded(r.Context(), p.e.cfg.Timeout, func() error {
		err := c.run()
		c.over = true // what follows runs the page's code too, such as the getters of an error
		if err != nil {
			err = rt.explainError(err)
		}
		rt.finish()
		return err
	})
	c.over, c.env.r = true, nil
	if rt.spoiled {
		p.pool.discard(rt)
	} else {
		p.pool.put(rt)
	}
	if err == nil && c.whole {
		return c.sendWhole()
	}
	return err
}

// run calls application and sends what it returns.
func (c *call) run() error {
	vm := c.rt.vm
	result, err := c.rt.app(goja.Undefined(), vm.NewDynamicObject(&c.env), vm.ToValue(c.startResponse))
	if err != nil {
		return err
	}
	if goja.IsString(result) {
		return c.sendText(result.String())
	}
	if text, ok := c.textOf(result); ok {
		if err := c.ready(text != ""); err != nil {
			return err
		}
		return c.sendAll(chunk{text: text})
	}
	return c.sendResult(result)
}

// textOf is the short way for what most pages return: an array of one string, and nothing else
// about it.
func (c *call) textOf(v goja.Value) (text string, ok bool) {
	list := c.array(v)
	if list == nil {
		return "", false
	}
	err := c.rt.inside(func() {
		if list.Get("length").ToInteger() != 1 || list.Get("then") != nil || list.Get("close") != nil || list.GetSymbol(symAsyncIterator) != nil {
			return
		}
		if item := list.Get("0"); goja.IsString(item) {
			text, ok = item.String(), true
		}
	})
	return text, ok && err == nil
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

// piece is how much a client is given at a time. It has the whole limit to take each piece.
const piece = 64 << 10

// write sends bytes to the client, whose slowness is not the page's.
func (c *call) write(part chunk) error {
	rc := http.NewResponseController(c.w)
	for last := false; !last; {
		if c.r.Context().Err() != nil {
			return errClientGone
		}
		head, tail := part.cut(piece)
		last = tail.empty()
		var err error
		c.rt.guard.client(c.unblock, func() {
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
			return errClientGone
		}
		part = tail
	}
	return nil
}
