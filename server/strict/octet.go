package strict

// Classes of octets, as RFC 9110 and RFC 3986 name them.
const (
	classToken  = 1 << iota // tchar: RFC 9110, 5.6.2
	classValue              // field-vchar, SP and HTAB: RFC 9110, 5.5
	classTarget             // may stand in a request target; see plainTarget
	classPath               // may stand in a path that needs no unescaping, nor escaping
	classHost               // reg-name but for percent: RFC 3986, 3.2.2
)

// octets has the classes of every octet.
var octets = makeOctets()

// IsTokenOctet reports whether c may stand in a token: RFC 9110, 5.6.2.
func IsTokenOctet(c byte) bool { return octets[c]&classToken != 0 }

// IsValueOctet reports whether c may stand in the value of a field: RFC 9110, 5.5.
func IsValueOctet(c byte) bool { return octets[c]&classValue != 0 }

// IsValue reports whether s may be the value of a field, but for space around it: RFC 9110, 5.5.
func IsValue(s string) bool { return all(s, classValue) }

func makeOctets() (t [256]uint8) {
	for c := range 256 {
		if c >= 0x20 && c != 0x7f || c == '\t' {
			t[c] |= classValue
		}
		if c > 0x20 && c != 0x7f && c != '#' {
			t[c] |= classTarget
		}
	}
	const alphanum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	mark := func(class uint8, set string) {
		for _, c := range []byte(alphanum + set) {
			t[c] |= class
		}
	}
	mark(classToken, "!#$%&'*+-.^_`|~")
	mark(classPath, "-_.~$&+,/:;=@")
	mark(classHost, "-._~!$&'()*+,;=")
	return t
}

// all reports whether s has only octets of a class.
func all(s string, class uint8) bool {
	for i := 0; i < len(s); i++ {
		if octets[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

// IsToken reports whether s is a token: RFC 9110, 5.6.2.
func IsToken(s string) bool { return s != "" && all(s, classToken) }

// TrimOWS removes optional white space from both ends: RFC 9110, 5.6.3.
func TrimOWS(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// EqualFold reports whether s is lower, which is in lower case, in any case of ASCII letters.
func EqualFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// HasToken reports whether one of the members of a list is a token, in any case: RFC 9110, 5.6.1.
func HasToken(list, lower string) bool {
	for list != "" {
		var member string
		member, list = CutList(list)
		if EqualFold(member, lower) {
			return true
		}
	}
	return false
}

// CutList splits the first member from a list: RFC 9110, 5.6.1.
func CutList(list string) (member, rest string) {
	for i := 0; i < len(list); i++ {
		if list[i] == ',' {
			return TrimOWS(list[:i]), list[i+1:]
		}
	}
	return TrimOWS(list), ""
}
