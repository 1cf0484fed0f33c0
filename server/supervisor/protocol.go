package supervisor

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// What the two tell each other, a line each. The first word says what it is; the text of a person
// is quoted as in Go.
//
//	worker → supervisor
//	ready STOP SOFT HARD      it serves; nanoseconds that a stop may take, limits of memory
//	beat REQUESTS STUCK BYTES it lives; what it is doing; memory, where only it can tell
//	stuck TEXT                a request cannot be stopped
//	restart TEXT              it wants to be replaced
//
//	supervisor → worker
//	drain                     stop accepting, answer what has begun, end
//
// Both sides ignore what they do not know, for they may be of different versions.
const (
	wordReady   = "ready"
	wordBeat    = "beat"
	wordStuck   = "stuck"
	wordRestart = "restart"
	wordDrain   = "drain"
)

// environment is the variable that makes a process a worker. wordsVariable has what the worker before it
// has written when it died, if it did.
const (
	environment   = "SUPERVISOR_WORKER"
	wordsVariable = "SUPERVISOR_LAST_WORDS"
)

// Descriptors of a worker. What it writes to standard error is what a dying Go program says,
// which the supervisor reads; its log has a descriptor of its own, which is the supervisor's
// standard error, so that no line makes a detour. After the sockets come the files that are kept:
// a worker of an older version does not look for them.
const (
	fdControl   = 3
	fdLog       = 4
	fdListeners = 5
)

// beatInterval is how often a worker says that it lives; drainInterval, while it stops.
const (
	beatInterval  = time.Second
	drainInterval = 100 * time.Millisecond
)

// Limits are what a supervisor holds a worker to.
type Limits struct {
	// Stop is how long the worker may take to stop. When it takes some seconds more than that,
	// it is killed.
	Stop time.Duration

	// Memory is how many bytes of memory it may have resident before it is replaced, and
	// MaxMemory before it is killed at once. 0 is no limit.
	Memory, MaxMemory int64
}

func (l Limits) line() string {
	return fmt.Sprintf("%s %d %d %d", wordReady, l.Stop, l.Memory, l.MaxMemory)
}

// numbers reads the numbers of a line. What is missing is 0.
func numbers(text string, into ...*int64) {
	words := strings.Fields(text)
	for i, to := range into {
		if i < len(words) {
			*to, _ = strconv.ParseInt(words[i], 10, 64)
		}
	}
}

// text reads a quoted text.
func text(s string) string {
	if t, err := strconv.Unquote(s); err == nil {
		return t
	}
	return s
}

// withoutVariables returns the environment without variables that are for this process only.
func withoutVariables(names ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		mine := false
		for _, n := range names {
			mine = mine || n == name
		}
		if !mine {
			env = append(env, v)
		}
	}
	return env
}
