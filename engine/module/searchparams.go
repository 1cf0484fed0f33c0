package module

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// searchParams is the list behind a URLSearchParams (URL Standard, 6 "URLSearchParams class").
type searchParams struct {
	opaque
	pairs []pair
	url   interface{ setQuery(query string) } // whose query this is; nil if it stands alone
}

type pair struct{ name, value string }

// update writes the list into the URL that it belongs to.
func (p *searchParams) update() {
	if p.url != nil {
		p.url.setQuery(formEncode(p.pairs))
	}
}

func (p *searchParams) append(name, value string) {
	p.pairs = append(p.pairs, pair{name, value})
	p.update()
}

// remove drops the pairs of the name, or with value only those that have it.
func (p *searchParams) remove(name string, value *string) {
	p.pairs = slices.DeleteFunc(p.pairs, func(q pair) bool {
		return q.name == name && (value == nil || q.value == *value)
	})
	p.update()
}

// has reports whether there is a pair of the name, and of the value if that is not nil.
func (p *searchParams) has(name string, value *string) bool {
	return slices.ContainsFunc(p.pairs, func(q pair) bool {
		return q.name == name && (value == nil || q.value == *value)
	})
}

// set gives the first pair of the name the value, and drops the others.
func (p *searchParams) set(name, value string) {
	i := slices.IndexFunc(p.pairs, func(q pair) bool { return q.name == name })
	if i < 0 {
		p.append(name, value)
		return
	}
	p.pairs[i].value = value
	rest := slices.DeleteFunc(p.pairs[i+1:], func(q pair) bool { return q.name == name })
	p.pairs = p.pairs[:i+1+len(rest)]
	p.update()
}

// sort orders the pairs by name, in UTF-16 units, and leaves the order within a name.
func (p *searchParams) sort() {
	slices.SortStableFunc(p.pairs, func(a, b pair) int { return compareUTF16(a.name, b.name) })
	p.update()
}

// compareUTF16 compares as JavaScript does. It differs from bytes where only one of two
// characters is above U+FFFF: that begins with a surrogate, which U+E000 and above exceed.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return cmp.Compare(firstUnit(x)<<32|int64(x), firstUnit(y)<<32|int64(y))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func firstUnit(c rune) int64 {
	if c > 0xffff {
		c, _ = utf16.EncodeRune(c)
	}
	return int64(c)
}

// formDecode is "application/x-www-form-urlencoded parsing" (URL Standard, 5.1).
func formDecode(query string) []pair {
	var pairs []pair
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{formText(name), formText(value)})
	}
	return pairs
}

// formText decodes one name or value.
func formText(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	_, utf8 := encodingOf("utf-8")
	out, _ := transformAll(utf8.NewDecoder().Transformer, b, true)
	return string(out)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// formEncode is "application/x-www-form-urlencoded serializing" (URL Standard, 5.2).
func formEncode(pairs []pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		formEscape(&b, p.name)
		b.WriteByte('=')
		formEscape(&b, p.value)
	}
	return b.String()
}

func formEscape(b *strings.Builder, s string) {
	const upper = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '*', c == '-', c == '.', c == '_':
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.Write([]byte{'%', upper[c>>4], upper[c&15]})
		}
	}
}
