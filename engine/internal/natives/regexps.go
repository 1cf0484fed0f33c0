package natives

import (
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// A regular expression with backreferences or lookaround is matched by backtracking, which may
// take for ever, and cannot be interrupted. The library gives up after a time, and the
// interpreter takes that for "no match". So the time is longer than a page has: by then the page
// is interrupted, and does not get to see the answer.

// regexps is how long a match may take. The library has one setting for the process.
var regexps struct {
	mu      sync.Mutex
	timeout time.Duration
}

// LimitRegexps lets matches end soon after a page's time. Where several limits are asked for in
// one process, the longest counts: with a shorter one, a page with a longer time would get wrong
// answers.
func LimitRegexps(timeout time.Duration) {
	regexps.mu.Lock()
	defer regexps.mu.Unlock()
	if timeout <= regexps.timeout {
		return
	}
	if regexps.timeout == 0 {
		// It would also give up when it has much to remember, which a long text is enough for.
		regexp2.DefaultOptimizationOptions.MaxBacktrackingStackSize = -1
	}
	regexps.timeout = timeout
	regexp2.DefaultMatchTimeout = timeout + time.Second
}
