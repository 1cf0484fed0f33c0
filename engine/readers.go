package engine

import (
	"errors"
	"net/http"

	"wizgy/engine/internal/readers"
)

// readerLimits says how many runtimes requests may hold that read their bodies as they come: three
// quarters of those of a page, and those of one client a quarter of that; and half of all there are.
func readerLimits(cfg *Config) readers.Limits {
	ofPage := max(1, cfg.MaxRuntimes*3/4)
	return readers.Limits{
		All: max(1, cfg.MaxAllRuntimes/2), OfPage: ofPage, OfClient: max(1, ofPage/4),
		Queue: cfg.MaxQueue, Wait: maxWait, Late: maxWait / 2,
	}
}

// serveStream is serve for a request that brings a body, and reads it as it comes.
func (p *page) serveStream(w http.ResponseWriter, r *http.Request, m match) error {
	all := p.e.readers
	one := &readers.Reader{Page: p.file, Client: clientOf(r), Cut: func() { cutBody(w) }}
	switch err := all.Enter(r.Context(), one); {
	case errors.Is(err, readers.ErrFull):
		return p.pool.busy()
	case err != nil:
		return ended(r.Context())
	}
	defer all.Leave(one)
	return p.serve(w, r, m, brought{reader: one})
}
