package loop

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimersRunInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Loop
		var got []string
		add := func(name string, d time.Duration) int64 {
			return l.After(d, func() error { got = append(got, name); return nil })
		}
		add("late", 2*time.Second)
		add("soon", time.Second)
		add("at once", -time.Second)
		add("soon too", time.Second)
		l.Cancel(add("never", time.Second))
		l.Cancel(12345)
		if err := l.Run(t.Context(), func() bool { return len(got) == 4 }); err != nil {
			t.Fatal(err)
		}
		if want := []string{"at once", "soon", "soon too", "late"}; !slices.Equal(got, want) {
			t.Errorf("order %q, want %q", got, want)
		}
	})
}

func TestRunWaitsForReservedResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Loop
		settle := l.Reserve()
		var got int
		go func() {
			time.Sleep(time.Minute) // fake time
			settle(func() error { got++; return nil })
			settle(func() error { got += 100; return nil })
		}()
		if err := l.Run(t.Context(), func() bool { return got > 0 }); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := l.Run(t.Context(), func() bool { return false }); err != ErrIdle {
			t.Errorf("then Run returned %v, want ErrIdle", err)
		}
		if got != 1 {
			t.Errorf("the result was run %d times", got)
		}
	})
}

func TestRunReportsWhyItEnded(t *testing.T) {
	boom := errors.New("boom")
	never := func() bool { return false }
	synctest.Test(t, func(t *testing.T) {
		for name, set := range map[string]func(*Loop){
			"timer":  func(l *Loop) { l.After(0, func() error { return boom }) },
			"result": func(l *Loop) { l.Reserve()(func() error { return boom }) },
			"Fail":   func(l *Loop) { l.Fail(boom); l.Fail(errors.New("a later one")) },
		} {
			var l Loop
			set(&l)
			if err := l.Run(t.Context(), never); err != boom {
				t.Errorf("%s: Run returned %v", name, err)
			}
		}
		var l Loop
		l.After(time.Hour, func() error { return nil })
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, boom)
		defer cancel()
		if err := l.Run(ctx, never); err != boom {
			t.Errorf("ended context: Run returned %v", err)
		}
	})
}

func TestHurryWakesSleepers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Loop
		start, turns := time.Now(), 0
		var turn func() error
		turn = func() error { turns++; l.After(time.Hour, turn); return nil }
		l.After(time.Hour, turn)
		l.Fail(errors.New("old"))
		l.Hurry()
		if err := l.Run(t.Context(), func() bool { return turns == 3 }); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("that took %v", d)
		}
		l.Reset()
		l.After(time.Hour, turn)
		if err := l.Run(t.Context(), func() bool { return turns == 4 }); err != nil || time.Since(start) != time.Hour {
			t.Errorf("after Reset: %v, %v", err, time.Since(start))
		}
	})
}

func TestResetDropsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Loop
		fail := func() error { t.Error("a callback of the earlier request ran"); return nil }
		l.After(0, fail)
		late := l.Reserve()
		l.Reserve()(fail)
		l.Fail(errors.New("old"))
		if n := l.Reset(); n != 3 {
			t.Errorf("Reset dropped %d, want 3", n)
		}
		late(fail)
		if err := l.Run(t.Context(), func() bool { return false }); err != ErrIdle {
			t.Errorf("Run after Reset: %v, want ErrIdle", err)
		}
		if n := l.Reset(); n != 0 {
			t.Errorf("the second Reset dropped %d", n)
		}
	})
}
