package natives

import (
	"reflect"

	"github.com/dop251/goja"
)

// MoveReactions lets those who wait for one promise wait for another one.
func MoveReactions(from, to *goja.Promise) {
	old, other := reflect.ValueOf(from).Elem(), reflect.ValueOf(to).Elem()
	for _, name := range []string{"fulfillReactions", "rejectReactions", "handled"} {
		list := open(old.FieldByName(name))
		open(other.FieldByName(name)).Set(list)
		list.SetZero()
	}
}
