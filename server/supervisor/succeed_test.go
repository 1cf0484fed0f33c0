//go:build unix

package supervisor

import (
	"encoding/json"
	"log/slog"
	"os"
	"testing"
)

// TestRestartThatIsAskedForWhileTheProgramChangesIsNotLost has a worker ask to be replaced just as the
// supervisor becomes another program: the one must not start a worker, and the other must.
func TestRestartThatIsAskedForWhileTheProgramChangesIsNotLost(t *testing.T) {
	before := &supervisor{log: slog.New(slog.DiscardHandler), leaving: true}
	before.current = &child{}
	before.heed(message{before.current, wordRestart, `"a file has changed"`})
	if before.fresh != nil || before.again != "a file has changed" {
		t.Fatalf("a worker was started, or it is forgotten: %+v", before)
	}
	text, err := json.Marshal(state{Pid: os.Getpid(), Again: before.again})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(stateVariable, string(text))
	after := &supervisor{log: before.log}
	if after.adopt(); after.again != before.again {
		t.Errorf("afterwards it is %q that is to be done, want %q", after.again, before.again)
	}
}
