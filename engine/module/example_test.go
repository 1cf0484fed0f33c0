package module_test

import (
	"fmt"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

func ExampleInspect() {
	rt := goja.New()
	v, err := rt.RunString(`({
		list: [1, , "three"],
		map: new Map([["a", {}]]),
		get secret() { throw "never called" },
	})`)
	if err != nil {
		panic(err)
	}
	fmt.Println(module.Inspect(rt, v))
	// Output:
	// {
	//   list: [ 1, <1 empty item>, 'three' ],
	//   map: Map(1) { 'a' => {} },
	//   secret: [Getter]
	// }
}
