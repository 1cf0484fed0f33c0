package server

import (
	"fmt"
	"strconv"
	"strings"
)

// UnmarshalText reads "FROM TO" or "FROM TO STATUS", as on a command line.
func (r *Redirect) UnmarshalText(text []byte) error {
	fields := strings.Fields(string(text))
	if len(fields) < 2 || len(fields) > 3 {
		return fmt.Errorf(`must be "FROM TO STATUS", such as "/old/* /new/:splat 301", got %q`, strings.TrimSpace(string(text)))
	}
	*r = Redirect{From: fields[0], To: fields[1]}
	if len(fields) == 3 {
		status, err := strconv.Atoi(fields[2])
		if err != nil {
			return fmt.Errorf("must end in a status such as 301, got %q", strings.TrimSpace(string(text)))
		}
		r.Status = status
	}
	return nil
}

// UnmarshalText reads "PATH VALUE", as on a command line.
func (c *CacheRule) UnmarshalText(text []byte) error {
	path, control, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !ok {
		return fmt.Errorf(`must be "PATH VALUE", such as "/assets/* max-age=3600", got %q`, strings.TrimSpace(string(text)))
	}
	*c = CacheRule{Path: path, Control: strings.TrimSpace(control)}
	return nil
}

// UnmarshalText reads "PATH NAME: VALUE", as on a command line.
func (h *HeaderRule) UnmarshalText(text []byte) error {
	path, rest, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	name, value, ok := strings.Cut(rest, ":")
	if !ok {
		return fmt.Errorf(`must be "PATH NAME: VALUE", such as "/* X-Frame-Options: DENY", got %q`, strings.TrimSpace(string(text)))
	}
	*h = HeaderRule{Path: path, Set: map[string]string{strings.TrimSpace(name): strings.TrimSpace(value)}}
	return nil
}
