package strict

// MaxMethod is how many octets a method may have. The longest that is registered has 17.
const MaxMethod = 64

// CheckMethod refuses what is no method: RFC 9110, 9.1, and RFC 9112, 3.
func CheckMethod(method string) *Error {
	switch {
	case !IsToken(method):
		return ErrMethod
	case len(method) > MaxMethod:
		return ErrMethodLong
	}
	return nil
}
