package strict

import "math"

// ParseLength reads a Content-Length, which has only digits: RFC 9110, 8.6.
func ParseLength(s string) (int64, *Error) {
	if s == "" {
		return 0, ErrLength
	}
	var n int64
	for i := 0; i < len(s); i++ {
		d := int64(s[i]) - '0'
		if d < 0 || d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, ErrLength
		}
		n = n*10 + d
	}
	return n, nil
}

// CheckExpect refuses expectations that nobody here can meet: RFC 9110, 10.1.1. An empty list has
// none.
func CheckExpect(list string) *Error {
	for list != "" {
		var member string
		if member, list = CutList(list); member != "" && !EqualFold(member, "100-continue") {
			return ErrExpectation
		}
	}
	return nil
}
