// Package engine serves a folder of pages. A page is a JavaScript or TypeScript file that
// provides application(environ, start_response), the interface of Python's web servers
// (PEP 3333), and its path below the folder is its URL.
//
//	e, err := engine.New(engine.Config{Dir: "apps"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer e.Close()
//	log.Fatal(http.ListenAndServe("127.0.0.1:8000", e))
//
// # A request
//
// The [Engine] loads one snapshot of all pages and finds the page for the path (route.go). The
// page has a pool of runtimes, each an interpreter in which the page's top level has run
// (pool.go, runtime.go, start.go). The request takes one, calls application on its own
// goroutine (call.go) with environ (environ.go) and start_response (response.go), and sends what
// comes back (body.go, iterate.go). A runtime that ended well goes back into the pool. A
// watchdog interrupts pages that take too long, and those whose client has left (guard.go).
//
// # A change
//
// The folder is watched. When files change, the pages that came from them are compiled
// (compile.go) and started anew, and a new snapshot takes the place of the old one (reload.go,
// site.go); requests that are being answered stay with theirs. A page that does not compile or
// start leaves its last good version in place. With Config.Dev each request checks the files of
// its page itself (source.go), so that it never gets an old page after a save, and broken pages
// answer with their error.
//
// # Errors
//
// Everything that goes wrong in a page becomes an [Error] with the place in the file as it was
// written (errors.go, frame.go) and, where there is one, a hint (hints.go). What works but breaks
// the PEP is a [Lint].
//
// # The files
//
// For whoever looks for a place in the code; config.go and engine.go are where to begin:
//
//   - from a path to a page: route.go, match.go, find.go (what the commands ask), nopage.go, stray.go,
//     unwanted.go
//     (files that no path leads to)
//   - from a page's file to a program: bundle.go, compile.go, problem.go (what is wrong with it), source.go
//     (the files that it came from, and whether they have changed), sourcemap.go; rewrite.go, doubling.go,
//     wide.go and shortcut.go change the program before it runs; strict.go, lexical.go, sloppyclasses.go and names.go
//     give back what esbuild has taken from the source
//   - a page and its runtimes: page.go, pool.go, room.go (how many there are of all pages), runtime.go,
//     start.go, application.go, host.go (what built-ins see of a runtime), isolation.go, usage.go
//   - a request: serve.go, takein.go (its body, before a runtime is taken; internal/spool keeps it),
//     inputmode.go and readers.go (pages that read it as it comes; internal/readers), call.go, environ.go, request.go,
//     input.go, response.go, body.go (of the answer), iterate.go
//   - limits: guard.go (deadlines), stuck.go (what cannot be stopped), hunger.go and slots.go (memory),
//     panics.go; the sizes of single values are checked in internal/natives
//   - errors: errors.go, explain.go, frame.go, hints.go, habits.go, noexport.go, lint.go, forgetful.go (what is
//     kept of requests), shared.go (of files that pages have in common)
//   - a change: site.go (a snapshot of all pages), reload.go, deploy.go (when it is over), shape.go,
//     report.go, fresh.go (Config.Dev), unripe.go
//   - from one process to the next: keep.go, kept.go, heir.go, trying.go, handover.go
package engine
