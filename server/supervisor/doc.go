// Package supervisor keeps a server running whose process may die.
//
// A program that uses it runs twice. The supervisor, which calls [Run], holds the listening
// sockets and does nothing else, so that there is nothing that could bring it down. It starts the
// same program once more as a worker, which calls [Join], inherits the sockets and accepts from
// them itself: what a request costs is the same as without a supervisor. Connections wait in the
// sockets' queues while no worker is there to accept them, so none is refused when a worker dies,
// and another stands in its place some milliseconds later.
//
// A worker is also replaced while it is alive: when it asks for that, when it uses too much
// memory, when one of its requests cannot be stopped, when it does not answer, on SIGHUP, and when
// the program's file has been replaced. Then its successor begins to serve first, and the old one
// ends once it has answered what it has accepted.
//
// The two talk over a pair of sockets, in lines of text; see protocol.go. A worker whose
// supervisor has gone notices by the end of that stream, and stops in good order. That is better
// than a signal that the kernel would send (PR_SET_PDEATHSIG): requests are answered, and the
// supervisor may replace itself by exec(2).
//
// It knows nothing of what the worker serves. On systems without fork, [Supported] is false.
package supervisor
