package supervisor

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"
)

// Config says what [Run] runs.
type Config struct {
	// Listeners are the sockets that workers inherit, TCP or Unix. Run takes them over.
	Listeners []net.Listener

	// Remove are the files of Unix sockets among them, which are removed when no more connections
	// are to come. A socket that a service manager has made is the manager's to remove.
	Remove []string

	// Logger takes what happens; nil is slog.Default().
	Logger *slog.Logger

	// Ready, if it is set, is called once, when the first worker serves.
	Ready func()

	// Restart asks, with whatever it delivers, for a worker to be replaced in good order; nil
	// never does. A program sends SIGHUP here.
	Restart <-chan os.Signal

	// Resume, if it is set, is called when the supervisor could not become another program, for
	// which it has ignored SIGHUP: it asks for the signals that Restart delivers once more.
	Resume func()

	// Now, when it is closed, ends everything at once; nil never is.
	Now <-chan struct{}

	// Probe are the arguments with which a new program file must end with status 0 within ten
	// seconds, before it is used; nil means --version.
	Probe []string

	// Kept is how many files workers leave to their successors: see [Worker.Kept].
	Kept int

	// Silence is how long a worker may say nothing before it is killed; 0 means 20 seconds. It is
	// counted while this process gets to run, so a machine that was paused is no reason.
	Silence time.Duration

	// Stop is how long the first worker may take to stop before it has said so itself.
	Stop time.Duration
}

// ErrNow is what Run returns after Config.Now was closed.
var ErrNow = errors.New("ended at once")

// ExitError is what Run returns when the first worker does not start. It has said why, or Run has.
type ExitError struct {
	Status int // of the worker; 1 if a signal has ended it
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("the worker did not start: exit status %d", e.Status)
}
