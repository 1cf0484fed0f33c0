package main

import (
	"fmt"
	"os"
)

// bodyDoubts says what of the options for bodies will not do what somebody may expect.
func (o *options) bodyDoubts() (list []string) {
	share := min(o.BodyShare, o.BodySpool)
	if o.MaxBody == 0 || o.MaxBody > share {
		limit := "bodies of any size"
		if o.MaxBody > 0 {
			limit = fmt.Sprintf("bodies of %v", o.MaxBody)
		}
		list = append(list, fmt.Sprintf(`max-body allows %s, and there is room for %v of one client (body-share, body-spool): a larger body is answered with 413, unless the page exports input = "stream"; raise both`,
			limit, share))
	}
	if o.BodyFolder == "" {
		return list
	}
	if info, err := os.Stat(string(o.BodyFolder)); err != nil || !info.IsDir() {
		list = append(list, fmt.Sprintf("body-folder %s: there is no such folder, so that bodies above %v are answered with 503: create it, or name another", o.BodyFolder, o.BodyMemory))
	}
	return list
}
