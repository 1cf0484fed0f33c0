package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"wizgy/server/proxy"
)

// Pages answers requests that no static file answers.
type Pages interface {
	// ServePage answers r, or returns an error that wraps fs.ErrNotExist when no page has that
	// path. An error with nothing written means that the caller writes the error page; an error
	// after something was written makes it cut the connection. Either way the caller logs it.
	//
	// w is not to be used once ServePage has returned. It has three methods of its own:
	// SetPage(name string) tells the access log which page answers, SetGeneration(n uint64) since
	// which generation of the site (see [Server.Switch]) that page is as it is, and
	// RequestID() uint64 is the number of the request in the log.
	//
	// An error may have these methods, or wrap one that has:
	//
	//	HTTPStatus() int                       // 400 to 599; 500 without it
	//	RetryAfter() time.Duration             // sent with the error page, if above 0
	//	Summary() string                       // Error without the place; from the second line on a hint
	//	Where() (file string, line, column int) // counted from 1, 0 where unknown
	//	Frame() string                         // lines of source, a caret below the place
	//	Stack() string                         // where it was called from
	//
	// Without HTTPStatus, an *http.MaxBytesError is 413. A path is refused before it comes here
	// if it has a broken escape, NUL, or a "." or ".." between slashes, encoded or not.
	ServePage(w http.ResponseWriter, r *http.Request) error
}

// Server answers requests for one site. It is an [http.Handler], and can listen by itself. Make
// it with New.
type Server struct {
	config     Config
	log        *slog.Logger
	folder     *folder // nil: no static files
	cache      *cache  // of folder
	compressor *compressor
	redirects  *redirects
	rules      *rules
	generation generation
	tls        *certificate // nil: connections are plain
	proxies    proxies
	hosts      hosts
	requests   atomic.Uint64
	underway   underway
	encoders   atomic.Int64 // of pages, in use

	mu      sync.Mutex
	closed  bool                   // guarded by mu
	running map[transport]struct{} // guarded by mu
}

// New returns a server for config. It fails if Root exists but is no folder, if TLSCert and TLSKey
// cannot be used, and with a *[RuleError] if one of the rules is wrong.
func New(config Config) (*Server, error) {
	s := &Server{config: config, log: config.Logger, running: make(map[transport]struct{})}
	s.config.setDefaults()
	s.generation.start()
	if wrong := CheckRules(config); len(wrong) > 0 {
		return nil, wrong[0]
	}
	if f := config.Fallback; f != "" {
		if t, err := parseTarget("/" + (&url.URL{Path: f}).EscapedPath()); err != nil || !t.public || t.name != f {
			return nil, fmt.Errorf("fallback must be a file below the document root, such as index.html, got %q", f)
		}
	}
	s.hosts = newHosts(config.Hosts)
	s.redirects, _ = newRedirects(config.Redirects)
	s.rules, _ = newRules(config)
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if s.proxies.trust, err = proxy.Parse(config.TrustProxy); err != nil {
		return nil, fmt.Errorf("trust-proxy %w", err)
	}
	if s.tls, err = newCertificate(&config, s.log); err != nil {
		return nil, err
	}
	if config.Root == "" {
		return s, nil
	}
	if info, err := os.Stat(config.Root); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("document root %s is not a folder: name the folder that the static files are in", config.Root)
	}
	if s.folder, err = newFolder(config.Root, &s.config); err != nil {
		return nil, fmt.Errorf("document root: %w", err)
	}
	s.folder.noticed = s.noticed
	s.cache = newCache(s.folder, &s.config)
	s.cache.noticed = s.noticed
	s.compressor = &compressor{store: &s.cache.store}
	return s, nil
}

// Lookup tells which static file answers urlPath, a path as it is sent: percent-encoded, and
// without a query. The file is named relative to the document root, with slashes; a name that
// ends in a slash means a redirect to that folder, which has an index.html. It is false for a
// path that no file answers and for one that is refused.
func (s *Server) Lookup(urlPath string) (file string, ok bool) {
	t, err := parseTarget(urlPath)
	if err != nil {
		return "", false
	}
	f, err := s.find(t)
	if err != nil {
		return "", false
	}
	if f.folder {
		return f.name + "/", true
	}
	_ = f.file.Close()
	return f.name, true
}

// ServeHTTP answers r: with a redirect, else with a static file, else with a page, else with what
// Browse and Fallback allow, else with an error page. It panics
// with http.ErrAbortHandler, and with nothing else, when the connection is to be cut.
func (s *Server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	start := time.Now()
	refusal := s.refusal(r) // as the client has sent it
	r, prefix, wrong := s.proxies.trust.Apply(r)
	if s.paced(r) {
		rw, r = s.pace(rw, r)
		if paced, ok := rw.(*pacedWriter); ok {
			defer paced.finish()
		}
	}
	w := newRecorder(s, rw, r, s.requests.Add(1))
	w.start, w.prefix = start, prefix
	s.underway.add(w)
	defer func() { s.finish(w, r, start, recover()) }()
	if refusal == nil {
		refusal = s.hosts.check(r)
	}
	switch {
	case refusal != nil:
		w.dressed = true // who is refused learns nothing of the site
		if r.ProtoMajor < 2 {
			w.Header().Set("Connection", "close")
		}
		s.fail(w, r, refusal)
	case wrong != nil:
		s.proxies.refuse(s.log, r, wrong)
		s.fail(w, r, wrong)
	default:
		if err := s.serve(w, r); err != nil {
			s.fail(w, r, err)
		} else if !w.wrote() {
			w.dress(http.StatusOK) // net/http sends it when a handler sends nothing
		}
	}
}

// finish runs after each request, whatever became of it.
func (s *Server) finish(w *recorder, r *http.Request, start time.Time, panicked any) {
	defer func() {
		s.underway.remove(w)
		if panicked == nil {
			w.free()
		}
	}()
	switch {
	case panicked == nil:
	case panicked == http.ErrAbortHandler:
		w.aborted = true
	default:
		s.fail(w, r, &panicError{value: panicked, stack: string(debug.Stack())})
	}
	if !s.config.NoAccessLog {
		s.logAccess(w, r, start)
	}
	if w.aborted {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) serve(w *recorder, r *http.Request) error {
	raw := rawPath(r.URL)
	hostOnly := raw == "" && r.URL.Opaque == "" // http://host: RFC 9112, 3.2.2
	switch {
	case r.Method == http.MethodConnect: // RFC 9110, 9.3.6
		return &statusError{status: http.StatusNotImplemented, msg: "this server is no proxy"}
	case r.Method == http.MethodOptions && (raw == "*" || hostOnly): // all of it: RFC 9110, 9.3.7
		w.Header().Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return nil
	case hostOnly:
		raw = "/"
	}
	t, err := parseTarget(raw)
	if err != nil {
		return err
	}
	if s.redirect(w, r, raw) {
		return nil
	}
	if answered, err := s.static(w, r, t); answered || err != nil {
		return err
	}
	if err = s.page(w, r); w.wrote() || statusOf(err) != http.StatusNotFound {
		return err
	}
	if answered, err := s.fallback(w, r, t); answered || err != nil {
		return err
	}
	return err
}

// page lets a page answer r. With an error for which statusOf says 404 there is none.
func (s *Server) page(w *recorder, r *http.Request) error {
	if s.config.Pages == nil {
		return &statusError{status: http.StatusNotFound, msg: "no static file has this path"}
	}
	r = limitBody(w.rw, r, s.config.MaxBody)
	w.fromPage = true
	return s.servePage(w, r, s.config.Pages)
}

// Changed tells that files below the document root have changed: those at paths, or, with all,
// any of them. A request that comes after it has returned sees them as they are now. Whoever sets
// Config.Watched calls it, or Switch, for every change.
func (s *Server) Changed(paths []string, all bool) {
	if all || len(paths) > 0 {
		s.Switch(paths, all, func(uint64) bool { return true })
	}
}

// Switch begins a new generation of the site: it is Changed that also calls others, whose parts of
// the site take effect at the same moment: no request finds a new file and then an old page, or
// the other way round. others is given the generation's number, and is to be quick: requests
// wait for it. If it reports false there is no new generation, and no file has changed. paths may
// be empty. The numbers only grow, also if the process is started anew.
func (s *Server) Switch(paths []string, all bool, others func(generation uint64) bool) {
	if s.cache == nil || !all && len(paths) == 0 {
		s.generation.next(others)
		return
	}
	next := s.folder.prepare()
	s.generation.next(func(n uint64) bool {
		if !others(n) {
			next.discard()
			return false
		}
		next.take()
		s.cache.generation.Add(1)
		return true
	})
}

// noticed is called when a request has found out that the site has changed.
func (s *Server) noticed() { s.generation.next(func(uint64) bool { return true }) }

// Close cuts the connections of all running Serve calls, which return http.ErrServerClosed, and
// lets go of the document root. Requests that still come to ServeHTTP find no static files. To
// stop without cutting anybody off, end the context that was given to Serve.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for hs := range s.running {
		errs = append(errs, hs.Close())
	}
	if s.folder != nil {
		s.folder.close()
		s.cache.generation.Add(1)
		s.compressor.close()
	}
	return errors.Join(errs...)
}
