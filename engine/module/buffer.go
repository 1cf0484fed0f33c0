package module

import "github.com/dop251/goja"

// bufferSource returns the bytes of v, which it shares, if v is an ArrayBuffer, a typed array or a
// DataView (Web IDL, 3.2.25 "Buffer source types").
func bufferSource(rt *goja.Runtime, rd *reader, v goja.Value) (data []byte, ok bool) {
	o, ok := v.(*goja.Object)
	if !ok || isProxy(o) {
		return nil, false
	}
	switch {
	case o.ExportType() == arrayBufferType:
		return o.Export().(goja.ArrayBuffer).Bytes(), true
	case rd.typedArrayKind(o) != "":
		if rd.call("length", o).ToInteger() == 0 { // perhaps because its buffer was taken away
			return nil, true
		}
	case !rd.isDataView(o):
		return nil, false
	}
	return data, rt.ExportTo(o, &data) == nil
}

// bytesKey finds the Uint8Array of a runtime, as it was at first use, in its Host.State.
type bytesKey struct{}

// newBytes makes a Uint8Array of data, which it takes over.
func newBytes(host Host, data []byte) *goja.Object {
	rt := host.Runtime()
	class := host.State(bytesKey{}, func() any { return rt.Get("Uint8Array") }).(goja.Value)
	o, err := rt.New(class, rt.ToValue(rt.NewArrayBuffer(data)))
	if err != nil {
		panic(err)
	}
	return o
}
