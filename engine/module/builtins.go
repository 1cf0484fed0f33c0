package module

// Builtins returns the built-in modules.
func Builtins() []Module {
	return []Module{
		{Name: "wizgy:http", Load: loadHTTP},
		{Name: "wizgy:jsx/jsx-runtime", Load: loadJSX},
	}
}

// Globals returns the built-in globals.
func Globals() []Global {
	return []Global{
		{Name: "console", Load: loadConsole},

		{Name: "setTimeout", Load: timer("setTimeout", 1, (*timers).setTimeout)},
		{Name: "clearTimeout", Load: timer("clearTimeout", 0, (*timers).clear)},
		{Name: "setInterval", Load: timer("setInterval", 1, (*timers).setInterval)},
		{Name: "clearInterval", Load: timer("clearInterval", 0, (*timers).clear)},
		{Name: "setImmediate", Load: timer("setImmediate", 1, (*timers).setImmediate)},
		{Name: "clearImmediate", Load: timer("clearImmediate", 0, (*timers).clear)},
		{Name: "queueMicrotask", Load: loadQueueMicrotask},

		{Name: "TextEncoder", Load: loadTextEncoder},
		{Name: "TextDecoder", Load: loadTextDecoder},
		{Name: "atob", Load: loadAtob},
		{Name: "btoa", Load: loadBtoa},

		{Name: "structuredClone", Load: loadStructuredClone},
		{Name: "DOMException", Load: loadDOMException},
		{Name: "performance", Load: loadPerformance},

		{Name: "URL", Load: loadURL},
		{Name: "URLSearchParams", Load: loadURLSearchParams},
	}
}
