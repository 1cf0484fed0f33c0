package readers

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

var limits = Limits{All: 8, OfPage: 6, OfClient: 2, Queue: 1, Wait: 10 * time.Second, Late: 5 * time.Second}

// crowd are readers of pages, each with a name and how often it was cut off.
type crowd struct {
	t *testing.T
	*Group
	cut map[string]int
}

func newCrowd(t *testing.T) *crowd { return &crowd{t, New(limits), map[string]int{}} }

func (c *crowd) reader(page string, client byte) *Reader {
	name := fmt.Sprint(page, client)
	addr := netip.AddrFrom4([4]byte{192, 0, 2, client})
	if client == 0 {
		addr = netip.Addr{}
	}
	return &Reader{Page: page, Client: addr, Cut: func() { c.cut[name]++ }}
}

// enters lets a reader in, whose client then sends so many bytes.
func (c *crowd) enters(page string, client byte, size int) *Reader {
	c.t.Helper()
	r := c.reader(page, client)
	if err := c.Enter(c.t.Context(), r); err != nil {
		c.t.Fatal(err)
	}
	c.Came(r, size)
	return r
}

func (c *crowd) want(cut string) {
	c.t.Helper()
	if got := fmt.Sprint(c.cut); got != "map["+cut+"]" {
		c.t.Errorf("cut off are %s, want %s", got, cut)
	}
}

func TestSlowestGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		for client := range byte(6) {
			c.enters("a", 1+client, 1000*(1+(int(client)+3)%6)) // the fourth is slowest
		}
		began := time.Now()
		c.enters("a", 7, 1)
		if waited := time.Since(began); waited != limits.Late {
			t.Errorf("the next one has waited %v", waited)
		}
		c.want("a4:1")
		c.enters("b", 1, 1) // of another page, which has room
		c.want("a4:1")
		c.enters("b", 2, 1)
		c.enters("b", 3, 1) // there are eight
		c.want("a4:1 a5:1")
	})
}

func TestClientThatHasItsShareWaitsForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		c.enters("a", 2, 0)
		c.enters("a", 1, 10)
		c.enters("a", 1, 20)
		c.enters("a", 1, 30)
		c.want("a1:1")
		for range 4 {
			c.enters("b", 0, 1) // nobody knows whose they are
		}
		c.want("a1:1")
	})
}

func TestWhoLeavesMakesRoomAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		first := c.enters("a", 1, 0)
		c.enters("a", 1, 0)
		go func() { time.Sleep(time.Millisecond); c.Leave(first) }()
		began := time.Now()
		c.enters("a", 1, 0)
		if waited := time.Since(began); waited != time.Millisecond {
			t.Errorf("waited %v", waited)
		}
		c.want("")
	})
}

func TestWhoCannotWaitIsSentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		c.enters("a", 1, 0)
		c.enters("a", 1, 0)
		ctx, leaves := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Enter(ctx, c.reader("a", 1)) }()
		synctest.Wait()
		if err := c.Enter(t.Context(), c.reader("a", 1)); err != ErrFull {
			t.Errorf("where enough wait already: %v", err)
		}
		leaves()
		if err := <-ended; err != context.Canceled {
			t.Errorf("a client that has left: %v", err)
		}
		if len(c.waiting) > 0 {
			t.Errorf("there wait %v", c.waiting)
		}
	})
}
