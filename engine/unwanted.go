package engine

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Whatever lies in the folder of pages and has a page's extension is one. Copies, backups and tests come to lie there
// without anybody wanting them to be asked: an old version of a page, with the faults that were mended since, or a
// program that is to run in a terminal.

var (
	copied = regexp.MustCompile(`(?i)[.](?:bak|old|orig|original|backup|rej|sav|save|saved|copy|tmp|temp)[.~_-]?\d*$` + // page.bak.js
		`|[.](?:backup|base|local|remote)[._]\d+$` + // git mergetool
		`|[.]sync-conflict-|\(.*conflicted copy.*\)$` + // Syncthing, Dropbox
		`|.\s(?:- )?(?:copy|kopie|copie|copia)(?: \(?\d+\)?)?$|^copy of .|.\s\(\d+\)$`) // file managers
	tested   = regexp.MustCompile(`(?i).[._-](?:test|tests|spec|bench|stories|mock|e2e|cy)$`)
	settings = regexp.MustCompile(`(?i).[.](?:config|conf|setup)$|^(?:gulpfile|gruntfile)$`)
	counted  = regexp.MustCompile(`^(.+) \d+$`) // page 2.js, beside page.js
)

// unwantedAs says what a page's file looks like that is perhaps not meant to be one, or "". beside reports whether
// there is another page in its folder.
func unwantedAs(file string, beside func(name string) bool) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch m := counted.FindStringSubmatch(name); {
	case copied.MatchString(name), m != nil && beside(m[1]):
		return "a copy"
	case tested.MatchString(name):
		return "a test"
	case settings.MatchString(name):
		return "the settings of a tool"
	}
	return ""
}

// unwanted returns warnings about pages that look as if nobody wanted them to be any.
func (e *Engine) unwanted(s *site) (list []*Error) {
	for _, r := range s.routes.list {
		folder, ext := path.Dir(r.File), path.Ext(r.File)
		as := unwantedAs(r.File, func(name string) bool { return s.pages[path.Join(folder, name+ext)] != nil })
		if as != "" {
			list = append(list, &Error{File: e.name(filepath.Join(e.dir, filepath.FromSlash(r.File))),
				Message: "this looks like " + as + ", and is a page: " + r.Pattern + " runs it",
				Hint:    "move it out of the folder of pages, or let its name begin with _"})
		}
	}
	return list
}

// reportUnwanted logs those warnings that there were not before.
func (e *Engine) reportUnwanted(s, before *site) {
	var known []*Error
	if before != nil {
		known = e.unwanted(before)
	}
	for _, w := range e.unwanted(s) {
		if !slices.ContainsFunc(known, func(k *Error) bool { return k.File == w.File }) {
			e.log.Warn(w.Error())
		}
	}
}
