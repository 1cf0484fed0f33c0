package engine

import (
	"fmt"
	"net/http"
	"sync"
)

// Rule names something that works here and breaks PEP 3333 all the same.
type Rule string

// The rules.
const (
	LintNoType  Rule = "no-content-type" // a body and no Content-Type
	LintString  Rule = "bare-string"     // a string as result, where the PEP wants an iterable
	LintBody    Rule = "body-not-sent"   // a body with 204, 205 or 304
	LintWrite   Rule = "write-used"      // write(), which is for old code
	LintReason  Rule = "no-reason"       // a status without a reason
	LintEnviron Rule = "environ-type"    // a variable of environ replaced by a non-string
)

// Lint is one breach of a rule.
type Lint struct {
	Page    string // the page's file, as in Error.File
	Rule    Rule   // what is broken
	Message string // what was seen, as a sentence
}

// String returns the breach in one line.
func (l Lint) String() string { return fmt.Sprintf("%s: %s (%s)", l.Page, l.Message, l.Rule) }

// linted notes what was reported, so that each rule is reported once per generation of a page.
type linted struct {
	mu   sync.Mutex
	said map[Rule]bool
}

// lint reports a breach.
func (c *call) lint(rule Rule, message string) {
	p := c.rt.page
	if p.e.cfg.Lint == nil {
		return
	}
	p.linted.mu.Lock()
	again := p.linted.said[rule]
	if p.linted.said == nil {
		p.linted.said = map[Rule]bool{}
	}
	p.linted.said[rule] = true
	p.linted.mu.Unlock()
	if !again {
		p.e.cfg.Lint(Lint{Page: p.name, Rule: rule, Message: message})
	}
}

// lintBody reports a body that is not sent because of the status.
func (c *call) lintBody(part chunk) {
	if !part.empty() && c.head.noBody() {
		c.lint(LintBody, fmt.Sprintf("%d %s has no body: what the page gave was not sent", c.head.status, http.StatusText(c.head.status)))
	}
}
