package supervisor

import "time"

// Delays before a worker that died is replaced. The first time there is none. A worker that has
// served will do so again, so its visitors never wait longer than a second; one that does not
// start may need something that takes its time.
const (
	firstDelay   = 100 * time.Millisecond
	servedDelay  = time.Second     // at most, if it had served
	failedDelay  = 5 * time.Second // at most, if it had not
	healthyAfter = 10 * time.Second
)

// backoff counts the workers that died soon after they were started.
type backoff struct{ deaths int }

// died returns how long to wait. The worker had served for so long; 0 means that it had not.
func (b *backoff) died(served time.Duration) time.Duration {
	if served >= healthyAfter {
		b.deaths = 0
	}
	b.deaths++
	if b.deaths == 1 {
		return 0
	}
	limit := failedDelay
	if served > 0 {
		limit = servedDelay
	}
	return min(firstDelay<<min(b.deaths-2, 10), limit)
}
