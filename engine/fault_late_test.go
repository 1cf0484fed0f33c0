package engine

import (
	"sync"
	"testing"
	"time"
)

// TestDeadlineThatFiresAsThePageReturns has ten thousand calls end just when their time does,
// with a watchdog that looks all the time. A runtime that it has hit is never used again, and one
// that is used again was not hit.
func TestDeadlineThatFiresAsThePageReturns(t *testing.T) {
	s := app(t, Config{}, `start_response("200 OK", []); return "ok";`)
	s.want("/", 200, "ok")
	var p *page
	for _, p = range s.site.Load().pages {
	}
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.dog.check(time.Now())
			}
		}
	})
	defer watching.Wait()
	defer close(stop)
	run := func(rt *runtime, limit time.Duration) error {
		return rt.guarded(t.Context(), limit, func() error {
			_, err := rt.vm.RunString(`(() => { for (let i = 0; i < 300; i++); })()`)
			return err
		})
	}
	hit, limit := 0, 30*time.Microsecond
	for range 10000 {
		rt, err := p.pool.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if run(rt, limit) != nil || rt.spoiled { // the limit follows what the call takes
			limit += limit / 64
		} else {
			limit -= limit / 64
		}
		if rt.spoiled {
			hit++
			p.pool.discard(rt)
			continue
		}
		if err := run(rt, time.Hour); err != nil {
			t.Fatalf("a later call was hit: %v", err)
		}
		p.pool.put(rt)
	}
	if hit < 50 || hit > 9950 {
		t.Errorf("%d of 10000 calls were hit: the test proves nothing", hit)
	}
}

// TestPollutionStaysInItsRuntime has a page spoil all that it can reach: another page of the same
// site never sees it.
func TestPollutionStaysInItsRuntime(t *testing.T) {
	s := serve(t, Config{MaxRuntimes: 1}, map[string]string{
		"dirty.js": `
			export function application(environ, start_response) {
				Object.prototype.polluted = "yes";
				Array.prototype.map = () => "polluted";
				String.prototype.repeat = () => "polluted";
				Function.prototype.call = null;
				JSON.parse = () => "polluted";
				globalThis.polluted = "yes";
				globalThis.Uint8Array = null;
				globalThis.console = null;
				Symbol.for("polluted").description;
				environ.polluted = "yes";
				start_response("200 OK", []);
				return "dirty";
			}`,
		"clean.js": `
			export function application(environ, start_response) {
				start_response("200 OK", []);
				return [typeof polluted, {}.polluted, [1].map(x => x + 1).join(), "a".repeat(2), JSON.parse("[1]").length,
					environ.polluted, new Uint8Array(2).length, typeof console.log, typeof Math.max.call].join();
			}`,
	})
	const clean = "undefined,,2,aa,1,,2,function,function"
	for range 3 {
		s.want("/clean", 200, clean)
		s.get("/dirty")
		s.want("/clean", 200, clean)
	}
}
