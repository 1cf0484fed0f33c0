package module

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/dop251/goja"
)

// jsonText writes v as JSON. Unlike JSON.stringify it calls neither toJSON nor a getter, writes
// what it cannot show as a string in brackets, and stops at maxInspect bytes.
func jsonText(in *inspector, v goja.Value) (s string) {
	defer func() {
		if x := recover(); x != nil {
			s = "[unreadable]"
		}
	}()
	j := jsonWriter{in: in}
	if !j.value(v) {
		return "undefined"
	}
	return in.write(string(j.b))
}

type jsonWriter struct {
	in   *inspector
	b    []byte
	path []*goja.Object
}

// value writes v, unless JSON has nothing for it.
func (j *jsonWriter) value(v goja.Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case *goja.Object:
		return j.object(v)
	case goja.String:
		j.text(clip(v, maxInspectString))
		return true
	case *goja.Symbol:
		return false
	}
	switch {
	case goja.IsUndefined(v):
		return false
	case goja.IsBigInt(v):
		j.text(primitive(v))
	case goja.IsNumber(v) && (math.IsNaN(v.ToFloat()) || math.IsInf(v.ToFloat(), 0)):
		j.b = append(j.b, "null"...)
	default:
		j.b = append(j.b, v.String()...)
	}
	return true
}

func (j *jsonWriter) object(o *goja.Object) bool {
	switch {
	case isProxy(o):
		j.text("[Proxy]")
		return true
	case isFunction(o):
		return false
	case slices.Contains(j.path, o):
		j.text("[Circular]")
		return true
	case len(j.path) > maxDirDepth || len(j.b) > j.in.left:
		j.text("[Object]")
		return true
	}
	j.path = append(j.path, o)
	defer func() { j.path = j.path[:len(j.path)-1] }()
	switch sh := j.in.shape(o, 0); {
	case sh.base != "":
		j.text(sh.base)
	case o.ClassName() == "Array":
		j.array(o)
	default:
		j.members(o, sh.keys)
	}
	return true
}

func (j *jsonWriter) array(o *goja.Object) {
	rd := j.in.reader()
	p, _ := rd.own(o, rd.rt.ToValue("length"))
	length := p.value.ToInteger()
	j.b = append(j.b, '[')
	for i := int64(0); i < length; i++ {
		if i > 0 {
			j.b = append(j.b, ',')
		}
		if len(j.b) > j.in.left {
			j.text("... " + count(length-i, "more item", "more items"))
			break
		}
		if p, _ := rd.own(o, rd.rt.ToValue(strconv.FormatInt(i, 10))); !j.value(p.value) {
			j.b = append(j.b, "null"...)
		}
	}
	j.b = append(j.b, ']')
}

func (j *jsonWriter) members(o *goja.Object, keys []string) {
	rd := j.in.reader()
	j.b = append(j.b, '{')
	start := len(j.b)
	for _, key := range keys {
		if len(j.b) > j.in.left {
			break
		}
		p, _ := rd.own(o, rd.rt.ToValue(key))
		before := len(j.b)
		if before > start {
			j.b = append(j.b, ',')
		}
		j.text(cut(key, maxName))
		j.b = append(j.b, ':')
		if !j.value(p.value) {
			j.b = j.b[:before]
		}
	}
	j.b = append(j.b, '}')
}

func (j *jsonWriter) text(s string) {
	text, _ := json.Marshal(s)
	j.b = append(j.b, text...)
}
