package natives

import (
	"sync/atomic"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/unicode/norm"
)

// normalizeLong is from which length on a text is looked at before it is normalized.
const normalizeLong = 1 << 20

// normalize adds up what a long text becomes where each character is taken apart: one may become eighteen
// (U+FDFA), and making all of them is not to be interrupted.
func normalize(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, call := c.this(call)
	if s == nil || s.Length() < normalizeLong {
		return call
	}
	form, call := c.toText(call, 0)
	if form == nil || form.String() != "NFKD" && form.String() != "NFKC" {
		return call
	}

	length, looked := 0, 0
	var b [utf8.UTFMax]byte
	for _, r := range s.String() {
		if looked++; looked%normalizeLong == 0 && atomic.LoadUint32(c.interrupted) != 0 {
			c.interrupt()
		}
		if apart := norm.NFKD.Properties(utf8.AppendRune(b[:0], r)).Decomposition(); apart != nil {
			length += utf8.RuneCount(apart)
		} else {
			length++
		}
		if int64(length) > c.Max {
			c.fail("%s.normalize(%s) would be longer than %s, which a string may have (%s)", quote(s), quote(form), bytes(float64(c.Max)), raise)
		}
	}
	return call
}
