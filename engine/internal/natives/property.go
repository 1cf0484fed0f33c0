package natives

import (
	"fmt"
	"strings"
	"unicode"
)

// SpellOut replaces \p{…} and \P{…} in the pattern of a regular expression with the flag u by
// the characters that are meant: the interpreter takes them for a p and what follows. The first
// one that is not known comes back as unknown.
func SpellOut(pattern string) (spelled, unknown string) {
	if !strings.Contains(pattern, `\p{`) && !strings.Contains(pattern, `\P{`) {
		return pattern, ""
	}
	var out strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		b := pattern[i]
		if b == '\\' && i+1 < len(pattern) {
			if end := strings.IndexByte(pattern[i:], '}'); end > 3 && (pattern[i+1] == 'p' || pattern[i+1] == 'P') && pattern[i+2] == '{' {
				if ranges, ok := property(pattern[i+3:i+end], pattern[i+1] == 'P', class); ok {
					out.WriteString(ranges)
					i += end
					continue
				}
				if unknown == "" {
					unknown = pattern[i : i+end+1]
				}
			}
			out.WriteString(pattern[i : i+2])
			i++
			continue
		}
		class = b == '[' || class && b != ']'
		out.WriteByte(b)
	}
	return out.String(), unknown
}

// property returns a class of characters by its name: L, Lu, Letter, Script=Greek, sc=Grek.
func property(name string, not, inClass bool) (ranges string, ok bool) {
	table := tableOf(name)
	if table == nil {
		return "", false
	}
	var b strings.Builder
	if !inClass {
		b.WriteString(map[bool]string{false: "[", true: "[^"}[not])
		defer func() { ranges += "]" }()
	}
	if !not || !inClass {
		each(table, func(lo, hi rune) { span(&b, lo, hi) })
		return b.String(), true
	}
	next := rune(0)
	each(table, func(lo, hi rune) {
		if lo > next {
			span(&b, next, lo-1)
		}
		next = hi + 1
	})
	if next <= unicode.MaxRune {
		span(&b, next, unicode.MaxRune)
	}
	return b.String(), true
}

func span(b *strings.Builder, lo, hi rune) {
	if lo == hi {
		fmt.Fprintf(b, `\u{%X}`, lo)
	} else {
		fmt.Fprintf(b, `\u{%X}-\u{%X}`, lo, hi)
	}
}

// each goes through the runs of characters of a table, in order.
func each(table *unicode.RangeTable, run func(lo, hi rune)) {
	start, last := rune(-1), rune(-2)
	add := func(lo, hi, stride rune) {
		for c := lo; c <= hi; c += stride {
			end := c
			if stride == 1 {
				end = hi
			}
			if c != last+1 {
				if start >= 0 {
					run(start, last)
				}
				start = c
			}
			last = end
			if stride == 1 {
				break
			}
		}
	}
	for _, r := range table.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range table.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	if start >= 0 {
		run(start, last)
	}
}

// tableOf returns the characters that have a property, or nil.
func tableOf(name string) *unicode.RangeTable {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch key {
		case "Script", "sc", "Script_Extensions", "scx":
			return unicode.Scripts[value]
		case "General_Category", "gc":
			name = value
		default:
			return nil
		}
	}
	if long, ok := unicode.CategoryAliases[name]; ok {
		name = long
	}
	if t := unicode.Categories[name]; t != nil {
		return t
	}
	switch name {
	case "Any":
		return &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0, Hi: unicode.MaxRune, Stride: 1}}}
	case "ASCII":
		return &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 127, Stride: 1}}}
	}
	if long := shortNames[name]; long != "" {
		name = long
	}
	return unicode.Properties[name]
}

// shortNames are other names of properties (PropertyAliases.txt).
var shortNames = map[string]string{
	"AHex": "ASCII_Hex_Digit", "Hex": "Hex_Digit", "space": "White_Space", "Ideo": "Ideographic",
	"QMark": "Quotation_Mark", "Term": "Terminal_Punctuation", "VS": "Variation_Selector", "NChar": "Noncharacter_Code_Point",
	"RI": "Regional_Indicator", "Pat_WS": "Pattern_White_Space", "Pat_Syn": "Pattern_Syntax", "UIdeo": "Unified_Ideograph",
}
