package engine

import "slices"

// shared are errors of pages, each of them once: what is wrong with a file is so for every page that imports it.
type shared struct{ list []*Error }

// add adds the errors of a page.
func (s *shared) add(p *page, list []*Error) {
	for _, e := range list {
		at := slices.IndexFunc(s.list, func(known *Error) bool { return known.Error() == e.Error() })
		if at < 0 {
			first := *e
			s.list, at = append(s.list, &first), len(s.list)
		}
		if known := s.list[at]; !slices.Contains(known.pages, p.name) {
			known.pages = append(known.pages, p.name)
		}
	}
}
