package server

import (
	"math"
	"net/http"

	"wizgy/server/http1"
	"wizgy/server/strict"
)

// refusal is why nothing of r is to be looked at, or nil.
func (s *Server) refusal(r *http.Request) error {
	if err := s.checkHead(r); err != nil {
		return err
	}
	return s.hosts.check(r)
}

// checkHead refuses what server/http1 does not let through, where something else has brought r.
func (s *Server) checkHead(r *http.Request) error {
	if http1.Checked(r) {
		return nil
	}
	if err := strict.Request(r, s.config.headLimits()); err != nil {
		return err // and not the nil of another type
	}
	return nil
}

func (c *Config) headLimits() strict.Limits {
	return strict.Limits{
		URI: orUnlimited(c.MaxURI), Bytes: orUnlimited(c.MaxHeaderBytes), Fields: orUnlimited(c.MaxHeaderFields),
	}
}

func orUnlimited(n int) int {
	if n < 0 {
		return math.MaxInt
	}
	return n
}
