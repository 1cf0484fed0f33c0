package scan

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNesting is how deep brackets and elements may be nested in JavaScript. MaxChain is how many
// operators an expression may have without a comma or a semicolon, and how many statements may stand
// in one another without brackets: a + b + c is nested, too, and so are else if, a: b: c: and
// if (a) if (b). Of arrow functions in one another there may be MaxArrows, and of those that stand in
// parameters of one another maxParameters, since the interpreter reads these twice, each. A level
// takes up to 10 KB of a stack that may have 512 MB.
const (
	MaxNesting    = 2000
	MaxChain      = 25000
	MaxArrows     = 1000
	maxParameters = 12
)

// Dialect is what a text may be besides JavaScript.
type Dialect struct{ Types, Elements bool }

// Found is what a scan has found out about a text.
type Found struct {
	Wrong   string // what is wrong with its nesting, or ""
	Suspect bool   // a < b < c, or delete a++, or the like, may be in it: see package mend

	text     string
	maps     []int       // where comments stand that name a source map
	escapes  []int       // where strings and templates have an escape of the last character
	tokens   []int       // where its tokens begin
	brackets map[int]int // where the ) is of a (
	sure     int         // where it begins to be unsure how the text is to be read
}

// Text looks at a JavaScript text. It does not parse, but follows the text closely enough to tell
// strings, comments, templates, regular expressions and the text of elements from the rest. Where that
// is not sure, what is left counts as nested as a whole.
func Text(text string, d Dialect) Found { return newScan(text, d, false).Found }

// newScan goes through a text.
func newScan(text string, d Dialect, tokens bool) *scan {
	s := &scan{Found: Found{text: text, sure: len(text)}, Dialect: d, levels: make([]level, 1, 32)}
	if tokens {
		s.brackets = map[int]int{}
	}
	s.levels[0].block = true
	if strings.HasPrefix(text, "#!") {
		s.skipLine()
	}
	for s.at < len(text) && s.Wrong == "" && !s.stopped {
		switch l := s.top(); {
		case l.kind == '<' && l.inTag:
			s.tag()
		case l.kind == '<':
			s.children()
		default:
			s.step()
		}
	}
	return s
}

// scan goes through a text.
type scan struct {
	Found
	Dialect
	at     int
	levels []level
	sum    int // of what all levels count

	operand bool   // what was last ends an operand: what follows is an operator, or begins anew
	newline bool   // a line has ended since
	last    byte   // the last byte of what was last
	word    string // what was last, if it was a word
	stopped bool   // see confused
}

// level is a bracket that is open, or an element, and what is nested in it without brackets.
type level struct {
	kind  byte // ( [ { < or, for ${ in a template, $
	head  bool // ( of if, for, while, with
	doEnd bool // likewise, of while after do
	block bool // { of statements
	value bool // { of a function or class that is a value
	start int  // where it stands
	inTag bool // < whose > is still to come

	chain, heads, angles int // operators since the last comma; statements; < of types

	dos      int    // how many do have no while yet
	ended    bool   // a statement has ended, unless else or while follows
	function string // function or class, until its {
	isValue  bool   // it is an expression
	params   int    // how deep arrow functions stand in parameters
	deleting bool   // delete stands before
	compared bool   // a relational operator is what was last, of those that bind as loosely or less
}

func (s *scan) top() *level { return &s.levels[len(s.levels)-1] }

// step takes a space, a comment or what is none.
func (s *scan) step() {
	b := s.text[s.at]
	switch {
	case b == '\n' || b == '\r':
		s.newline = true
		s.at++
	case b <= ' ':
		s.at++
	case b == '/' && (s.follows("//") || s.follows("/*")):
		s.comment()
	case b >= utf8.RuneSelf && s.space():
	case isLetter(b) && (b < '0' || b > '9'):
		s.name()
	default:
		s.begin(b, "")
		s.token(b)
		s.newline, s.word = false, ""
	}
}

// space skips a space that is not ASCII, if there is one.
func (s *scan) space() bool {
	r, size := utf8.DecodeRuneInString(s.text[s.at:])
	if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u2028' && r != '\u2029' {
		return false
	}
	s.at += size
	s.newline = s.newline || r == '\u2028' || r == '\u2029'
	return true
}

// note notes where a token begins, if that is asked for. Operators are taken a byte at a time.
func (s *scan) note(at int) {
	if s.brackets == nil {
		return
	}
	b := s.text[at]
	if before := byteAt(s.text, at-1); b == '=' && strings.IndexByte("<>=!+-*/%&|^?", before) >= 0 || b == before && strings.IndexByte("<>&|?*", b) >= 0 {
		return
	}
	s.tokens = append(s.tokens, at)
}

// byteAt returns a byte of a text, or 0 before its beginning.
func byteAt(text string, at int) byte {
	if at < 0 {
		return 0
	}
	return text[at]
}

// token takes what is neither a space nor a word.
func (s *scan) token(b byte) {
	s.note(s.at)
	s.Suspect = s.Suspect || s.word == "delete"
	before := s.last
	s.at++
	s.last = b
	switch b {
	case '"', '\'':
		s.quoted(b)
		s.operand = true
	case '`':
		s.link(1)
		s.template()
	case '/':
		s.slash(before)
	case '(', '[', '{':
		s.open(b, before)
	case ')', ']', '}':
		s.close(b)
	case ';':
		l := s.top()
		l.ended, l.compared, l.deleting = true, false, false
		s.operand = false
	case ',':
		s.comma()
	case '<', '>', '=':
		s.angle(b)
	case '+', '-':
		s.sign(b)
	case '!':
		s.link(1)
		s.operand = s.operand && s.Types && !s.newline && !s.follows("=") // a! of TypeScript
	case '.':
		s.dots()
	case '@', '#', '\\':
		s.operand = false
	default:
		if b >= '0' && b <= '9' {
			s.number()
			return
		}
		s.link(1) // * % & | ^ ? : ~
		s.operand = false
		switch b {
		case ':':
			s.top().function = ""
			s.top().compared = false
		case '&', '|', '^', '?':
			s.top().compared = s.top().compared && b == '?' && s.follows(".")
		}
	}
}

func (s *scan) follows(text string) bool { return strings.HasPrefix(s.text[s.at:], text) }

func (s *scan) comma() {
	l := s.top()
	s.drop(&l.chain)
	if !s.Types { // in types, A<B, A<B, …
		s.drop(&l.angles)
	}
	l.function = ""
	l.compared, l.deleting = false, false
	s.operand = false
}

func (s *scan) sign(b byte) {
	s.link(1)
	if s.at < len(s.text) && s.text[s.at] == b { // ++ stands before an operand or after it
		s.at++
		s.operand = s.operand && !s.newline
		s.Suspect = s.Suspect || s.top().deleting
		if b == '-' && s.follows(">") {
			s.confused("-->")
		}
		return
	}
	s.operand = false
}

func (s *scan) dots() {
	s.link(1)
	if s.follows("..") {
		s.at += 2
		s.last = ','
	} else if s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
		s.number()
		return
	}
	s.operand = false
}

func (s *scan) number() {
	for s.at < len(s.text) && (isLetter(s.text[s.at]) || s.text[s.at] == '.') {
		s.at++
	}
	s.last, s.operand = '0', true
}

// angle takes what may be an operator, an arrow or an element.
func (s *scan) angle(b byte) {
	l := s.top()
	s.compare(b)
	switch {
	case b == '<' && s.follows("!--"):
		s.confused("<!--")
	case b == '<' && s.Elements && !s.operand && s.element():
		s.push(level{kind: '<', inTag: true})
		return
	case b == '<':
		s.add(&l.angles, 1)
	case b == '=' && s.follows(">"): // esbuild takes the cube of the number of => for them
		s.at++
		s.last = '>'
		s.link(MaxChain / MaxArrows)
	case b == '>' && l.angles > 0: // of A<B>, or of <B>a, after which a is nested
		s.add(&l.angles, -1)
		s.link(1)
	default:
		s.link(1)
	}
	s.operand = false
}

// compare notes < > <= >=, and what ends their operands. << and >> may be taken for them.
func (s *scan) compare(b byte) {
	switch {
	case b == '=' && (s.at < 2 || s.text[s.at-2] != '<' && s.text[s.at-2] != '>'):
		s.top().compared = false
	case b != '=' && (s.at < 2 || s.text[s.at-2] != b):
		s.relational()
	}
}

func (s *scan) relational() {
	l := s.top()
	s.Suspect = s.Suspect || l.compared
	l.compared = true
}

// open takes a bracket.
func (s *scan) open(b, before byte) {
	l := s.top()
	n := level{kind: b, start: s.at - 1}
	switch {
	case b == '(':
		n.head = heads[s.word] && before != '.'
		n.doEnd = n.head && s.word == "while" && l.doEnd
	case b == '{' && l.function != "":
		n.block, n.value = true, l.isValue
		l.function = ""
	case b == '{':
		n.block = s.startsBlock(before)
	}
	if before == ')' || before == ']' || before == '}' || b == '[' && s.operand { // f()()() is nested, too
		s.link(1)
	}
	s.push(n)
	s.operand = false
}

// heads are the words whose ( has a statement after its ).
var heads = map[string]bool{"if": true, "for": true, "while": true, "with": true}

// startsBlock reports whether a { has statements in it, and is no object.
func (s *scan) startsBlock(before byte) bool {
	l := s.top()
	switch {
	case s.word == "return" || s.word == "throw":
		return s.newline
	case s.word == "const" || s.word == "let" || s.word == "var" || s.word == "import":
		return false
	case s.word != "":
		return s.operand || blocks[s.word]
	case before == ':' || before == '{' || before == 0:
		return l.block
	}
	return before == ';' || before == ')' || before == '}' || before == '>'
}

// blocks are the words that a block may follow, of those after which an expression could stand.
var blocks = map[string]bool{"else": true, "do": true}

func (s *scan) push(l level) {
	if len(s.levels) > MaxNesting {
		s.Wrong = fmt.Sprintf("brackets are nested more than %d deep", MaxNesting)
		if l.kind == '<' {
			s.Wrong = fmt.Sprintf("elements are nested more than %d deep", MaxNesting)
		}
	}
	s.levels = append(s.levels, l)
}

func (s *scan) pop() level {
	l := *s.top()
	s.levels = s.levels[:len(s.levels)-1]
	s.sum -= l.chain + l.heads + l.angles
	return l
}

// close ends a bracket, or the ${ of a template, whose text goes on.
func (s *scan) close(b byte) {
	want := map[byte]string{')': "(", ']': "[", '}': "{$"}[b]
	if len(s.levels) == 1 || strings.IndexByte(want, s.top().kind) < 0 {
		s.confused(string(b))
		return
	}
	l := s.pop()
	outer := s.top()
	if l.kind == '(' {
		if s.brackets != nil {
			s.brackets[l.start] = s.at - 1
		}
		if l.compared && !l.head { // (a < b) < c
			s.Suspect = s.Suspect || outer.compared
			outer.compared = true
		}
	}
	outer.params = max(outer.params, l.params)
	s.operand = true
	switch {
	case outer.kind == '<': // of an attribute, or among the children
	case l.kind == '$':
		s.template()
	case l.doEnd:
		outer.ended, outer.doEnd, s.operand = true, false, false
	case l.head:
		s.operand = false
		s.add(&outer.heads, 1)
	case b == '}' && l.block && !l.value:
		outer.ended, s.operand = true, false
	case b == ')':
		s.parameters(l.params)
	}
}

// parameters counts what is between the brackets if an arrow follows.
func (s *scan) parameters(inside int) {
	rest := s.text[s.at:min(len(s.text), s.at+64)]
	if !strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), "=>") {
		return
	}
	l := s.top()
	if l.params = max(l.params, inside+1); l.params > maxParameters {
		s.Wrong = fmt.Sprintf("arrow functions stand in the parameters of one another more than %d deep", maxParameters)
	}
}

// begin looks whether a statement ends before what comes.
func (s *scan) begin(b byte, word string) {
	l := s.top()
	ended := l.ended
	l.ended = false
	if word == "while" && ended && l.dos > 0 {
		l.dos--
		l.doEnd = true
		return
	}
	starts := word != "" && !goesOn[word] || b == '"' || b == '\'' || b >= '0' && b <= '9' || b == '@' || b == '#'
	if starts && s.operand && !ended {
		if ended = s.newline; !ended && !s.Types && !joins[s.word] && word != "from" && word != "with" {
			s.confused(word + string(b) + ", without an operator before it,")
		}
	}
	if ended && (starts || b == '{' || b == '}') {
		s.drop(&l.chain)
		s.drop(&l.heads)
		s.drop(&l.angles)
		l.dos, l.compared, l.deleting = 0, false, false
	}
}

// goesOn are the words that a statement goes on with.
var goesOn = words("else in of instanceof as satisfies is extends implements")

// joins are the words that a name may follow.
var joins = words("let const var async static get set accessor import export from as type using class")

// nesting are the words after which something stands that is nested in what went before, nestingTypes
// those in types.
var (
	nesting      = words("typeof void delete new await yield in of instanceof extends")
	nestingTypes = words("as satisfies is keyof readonly infer unique asserts abstract implements")
)

// operandAfter are the words that an operand follows: what begins with / after them is a regular expression.
var operandAfter = words(`typeof void delete new await yield in of instanceof extends else do case return throw
	default break continue debugger export`)

// ambiguous are those of them that may be names as well.
var ambiguous = words("await yield of as satisfies is keyof readonly infer unique asserts abstract implements")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// name takes a word.
func (s *scan) name() {
	start := s.at
	for s.at < len(s.text) && isLetter(s.text[s.at]) {
		s.at++
	}
	word := s.text[start:s.at]
	s.note(start)
	if s.last == '.' || s.last == '#' { // a property
		s.begin('.', "")
		s.newline, s.word, s.last, s.operand = false, "", 'a', true
		return
	}
	s.begin('a', word)
	l := s.top()
	operand := true
	switch {
	case word == "else" || word == "do":
		s.add(&l.heads, 1)
		if word == "do" {
			l.dos++
		}
		operand = false
	case word == "function" || word == "class":
		l.function, l.isValue = word, s.isValue()
		operand = false
	case heads[word]:
		operand = false
	case word == "await" && s.word == "for":
		word, operand = "for", false
	case word == "of" && !s.operand: // a name
	default:
		if word == "in" || word == "instanceof" {
			s.relational()
		}
		s.Suspect = s.Suspect || s.word == "delete" && nesting[word]
		l.deleting = l.deleting || word == "delete"
		if nesting[word] || s.Types && nestingTypes[word] {
			s.link(1)
		}
		operand = !operandAfter[word] && !(s.Types && nestingTypes[word])
	}
	s.newline, s.word, s.last, s.operand = false, word, 'a', operand
}

// isValue reports whether a function or class that comes now is an expression.
func (s *scan) isValue() bool {
	switch {
	case s.operand, s.word == "else", s.word == "do", s.word == "export", s.word == "default", s.word == "" && s.last == ')':
		return false
	case s.word == "":
		return !(s.last == 0 || s.last == ';' || s.last == '}' || (s.last == ':' || s.last == '{') && s.top().block)
	}
	return true
}

func isLetter(b byte) bool {
	return b == '_' || b == '$' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= utf8.RuneSelf
}

// link counts what may be so many levels more.
func (s *scan) link(n int) { s.add(&s.top().chain, n) }

func (s *scan) add(counter *int, n int) {
	*counter += n
	if s.sum += n; s.sum > MaxChain {
		s.Wrong = fmt.Sprintf("an expression goes on for more than %d operators without a comma or a semicolon, or so many statements stand in one another", MaxChain)
	}
}

func (s *scan) drop(counter *int) {
	s.sum -= *counter
	*counter = 0
}

// confused ends the scan: it is not sure how the text is to be read from here on. That matters only
// where what is left could be nested too deep.
func (s *scan) confused(what string) {
	if n := openers(s.text[s.at:]); n > MaxChain {
		line := 1 + strings.Count(s.text[:s.at], "\n")
		s.Wrong = fmt.Sprintf("%s in line %d leaves it open how the text is to be read, and %d operators and brackets follow (put a ; before it, or a space inside)", what, line, n)
	}
	s.sure, s.stopped = s.at, true
}

// openers returns how many levels a text may have at most.
func openers(text string) (n int) {
	for i := 0; i < len(text); i++ {
		b := text[i]
		if b|0x20 >= 'a' && b|0x20 <= 'z' {
			start := i
			for i+1 < len(text) && isLetter(text[i+1]) {
				i++
			}
			if w := text[start : i+1]; nesting[w] || nestingTypes[w] || heads[w] || blocks[w] {
				n++
			}
		} else if strings.IndexByte("([{<>=!~+-*%&|^?:./`", b) >= 0 {
			n++
		}
	}
	return n
}
