package module

import "fmt"

// defaultMaxValue is how large a value may be where the host does not say.
const defaultMaxValue = 64 << 20

// maxValue returns how large a single value may be, in bytes.
func maxValue(host Host) int64 {
	if h, ok := host.(interface{ MaxValue() int64 }); ok {
		return h.MaxValue()
	}
	return defaultMaxValue
}

// tooLarge is the message about a text that would be too large.
func tooLarge(what string, size, most int64) string {
	return fmt.Sprintf("%s: the text would have %d MiB, and %d MiB are allowed (ask for less, or raise --max-value)", what, size>>20, most>>20)
}
