package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// attempt compiles the page and starts it, if neither has ended a process before.
func (p *page) attempt() {
	t := p.e.trials
	if t == nil {
		p.compile(nil)
		p.try()
		return
	}
	name := p.file
	if p.kept != nil {
		name += " as it was before"
	}
	refused := p.beginBuild(name)
	if refused == nil {
		p.compile(func(sources []*source) *Error {
			of, noted := marksOf(sources, p.last.Load())
			refused = t.begin(name, ownGoroutine(), of, noted...)
			return refused
		})
		p.try()
	}
	t.end(name, refused != nil)
}

// beginBuild notes that the page is about to be compiled. Then only its own file is known.
func (p *page) beginBuild(name string) (refused *Error) {
	t := p.e.trials
	if p.kept != nil {
		mark := sha256.Sum256([]byte(p.kept.text))
		kept := "kept " + hex.EncodeToString(mark[:])
		if refused = t.begin(name, ownGoroutine(), []string{kept}, kept); refused != nil {
			p.problems = []*Error{refused}
		}
		return refused
	}
	path := filepath.Join(p.e.dir, filepath.FromSlash(p.file))
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	own, _, err := readSource(p.e.writers, path)
	if err != nil {
		return nil // which the compiler will say
	}
	mark := own.mark("own")
	if refused = t.begin(name, 0, []string{mark}, mark); refused != nil {
		p.sources, p.problems = []*source{own}, []*Error{refused}
	}
	return refused
}
