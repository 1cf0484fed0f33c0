package engine

import (
	"strings"

	"github.com/dop251/goja"
)

// sendArray sends an array's chunks. They are all there, so the length is known, unless they are more
// together than one value may be: one string may stand there a thousand times.
func (c *call) sendArray(list *goja.Object) error {
	all, next, err := c.gather(list, 0, c.rt.checks.Max)
	if err != nil {
		return err
	}
	if err := c.ready(!all.empty()); err != nil {
		return err
	}
	if next < 0 {
		return c.sendAll(all)
	}
	for {
		switch err := c.send(all, -1); {
		case err == errNoMore:
			return nil
		case err != nil:
			return err
		}
		if cause := c.rt.guard.fired(); cause != nil {
			return cause
		}
		if c.rt.guard.renew(); next < 0 {
			return c.end()
		}
		if all, next, err = c.gather(list, next, piece); err != nil {
			return err
		}
	}
}

// gather joins chunks of an array, from one on, until they have more than most bytes. It returns the
// index of the next one, -1 if there is none.
func (c *call) gather(list *goja.Object, from int, most int64) (all chunk, next int, err error) {
	var texts strings.Builder
	var bytes []byte
	var wrong error
	binary := false
	next = -1
	err = c.rt.inside(func() {
		n := int(list.Get("length").ToInteger())
		for i := from; i < n; i++ {
			if int64(texts.Len()+len(bytes)) > most {
				next = i
				return
			}
			v := list.Get(index(i))
			part, ok := c.chunkOf(v)
			switch {
			case !ok:
				wrong = c.wrongChunk(v, true)
				return
			case part.bytes != nil && n == 1: // as it is
				binary, bytes = true, part.bytes
				return
			case i == from && int64(len(part.text)) > most: // likewise
				if all = part; i+1 < n {
					next = i + 1
				}
				return
			case part.bytes != nil && !binary:
				binary = true
				bytes = []byte(texts.String())
			}
			if binary {
				bytes = append(append(bytes, part.text...), part.bytes...)
			} else {
				texts.WriteString(part.text)
			}
		}
	})
	if err == nil {
		err = wrong
	}
	if !all.empty() {
		return all, next, err
	}
	if binary {
		return chunk{bytes: bytes, mixed: texts.Len() > 0}, next, err
	}
	return chunk{text: texts.String()}, next, err
}
