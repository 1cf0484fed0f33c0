package server

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"wizgy/server/proxy"
)

// proxies are those in front of the server.
type proxies struct {
	trust *proxy.Trust
	told  atomic.Int64 // when somebody was told of a mistake, in seconds
}

// tellAgain is when somebody is told again of what a proxy does wrong: it may do that with every
// request, and visitors may provoke it.
const tellAgain = time.Minute

// refuse logs why what a trusted proxy says about a request cannot be. What a visitor does wrong is
// not logged like this, but here it is most likely how the proxy is set up.
func (p *proxies) refuse(log *slog.Logger, r *http.Request, wrong error) {
	now, told := time.Now().Unix(), p.told.Load()
	if now-told < int64(tellAgain/time.Second) || !p.told.CompareAndSwap(told, now) {
		return
	}
	log.Warn("a request is refused for what a trusted proxy says about it: look at how the proxy is set up",
		"proxy", r.RemoteAddr, "error", clip(wrong.Error(), maxLoggedError))
}
