package module

import (
	"encoding/base64"
	"strings"

	"github.com/dop251/goja"
)

// loadAtob makes atob, which decodes base64 to a string of the characters U+0000 to U+00FF
// (HTML Standard, 8.3 "Base64 utility methods").
func loadAtob(host Host) (goja.Value, error) {
	rt := host.Runtime()
	return newFunction(rt, "atob", 1, func(call goja.FunctionCall) goja.Value {
		data, ok := forgivingDecode(argument(rt, "atob", call))
		if !ok {
			throwDOM(host, "InvalidCharacterError", "atob: the string is not correctly encoded as base64")
		}
		var b strings.Builder
		b.Grow(len(data))
		for _, c := range data {
			b.WriteRune(rune(c))
		}
		return rt.ToValue(b.String())
	}), nil
}

// loadBtoa makes btoa, the inverse of atob.
func loadBtoa(host Host) (goja.Value, error) {
	rt := host.Runtime()
	return newFunction(rt, "btoa", 1, func(call goja.FunctionCall) goja.Value {
		text := argument(rt, "btoa", call)
		data := make([]byte, 0, len(text))
		for _, c := range text {
			if c > 0xff {
				throwDOM(host, "InvalidCharacterError",
					"btoa: the string has a character above U+00FF, %+q: encode it first, with TextEncoder", c)
			}
			data = append(data, byte(c))
		}
		return rt.ToValue(base64.StdEncoding.EncodeToString(data))
	}), nil
}

// forgivingDecode is "forgiving-base64 decode" of the Infra Standard, 7: white space and missing
// padding are no errors.
func forgivingDecode(text string) (data []byte, ok bool) {
	if strings.ContainsAny(text, "\t\n\f\r ") {
		text = strings.Map(func(c rune) rune {
			if strings.ContainsRune("\t\n\f\r ", c) {
				return -1
			}
			return c
		}, text)
	}
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	if strings.ContainsAny(text, "=\r\n") {
		return nil, false
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	return data, err == nil
}
