package server

import (
	"log/slog"
	"time"

	"wizgy/server/http1"
	"wizgy/server/writers"
)

// Config says what to serve. The zero value serves nothing, on 127.0.0.1:8000.
type Config struct {
	// Addr is where ListenAndServe listens: HOST:PORT, or unix:PATH, as [Listen] has it. Empty means
	// "127.0.0.1:8000", port 0 a free port, and an empty host every address of the machine.
	Addr string

	// TLSCert and TLSKey are files with a certificate, followed by those that lead to its root,
	// and with its private key, in PEM form. With them connections are TLS, of version 1.2 at
	// least, and carry HTTP/2 or HTTP/1.1, as the client wishes. The files are looked at once a
	// second; a pair that has changed is used for new connections, and one that cannot be used is
	// logged while the last one stays. Empty means no TLS; one without the other is an error.
	TLSCert, TLSKey string

	// TLSMayBeExpired starts with a certificate that has expired, where New would fail otherwise,
	// and logs it: for a server that takes the place of another one, which has served with it.
	TLSMayBeExpired bool

	// TLSKeep, if it is set, is where the server leaves the last pair that could be used, private key
	// included, to the server of the next process. That one begins with it if the files are gone or
	// broken by then, and goes over to them when they are in order.
	TLSKeep Keep

	// TrustProxy are the proxies in front of the server whose word counts about whom a request comes
	// from, and what it was for: addresses such as 127.0.0.1, networks such as 10.0.0.0/8, and "unix"
	// for the peers of Unix sockets. The package server/proxy tells what they say. Empty means nobody.
	TrustProxy []string

	// Hosts are names that requests may be for, besides localhost, names below it, and IP addresses.
	// Others are answered with 421, and learn nothing. nil means any name. Where Dev shows source to
	// whoever asks, it keeps web pages from reading that by a name of theirs that leads here.
	Hosts []string

	// Root is the document root: the folder with the static files. Empty means none. A folder
	// that does not exist is none for as long as it does not.
	Root string

	// Pages answers what no file answers; nil means 404.
	Pages Pages

	// Logger gets the access lines and the errors; nil means slog.Default().
	Logger *slog.Logger

	// NoAccessLog turns off the line for each request.
	NoAccessLog bool

	// Dev shows whoever asks what went wrong, looks at the document root for every request, and
	// tells browsers to ask for files each time. Without it visitors see the status only.
	Dev bool

	// StdHTTP has connections served by net/http, which is laxer, instead of by the package
	// server/http1.
	StdHTTP bool

	// Watched says that Changed or Switch will be called for every change below Root. Files then
	// come from memory without a look at the disk until it is called, or for five to ten seconds;
	// otherwise for a quarter of a second. In Dev each request looks.
	Watched bool

	// CacheBytes is how much memory the contents of files may take, those that were compressed
	// included. Files of up to 1 MiB are kept, and texts of up to 8 MiB, but none that is larger
	// than a quarter of it. 0 means 64 MiB, negative means that nothing is kept; then files are
	// not compressed either, unless they lie there compressed.
	CacheBytes int64

	// NoCompress sends everything as it is. Otherwise texts are compressed for clients that
	// take it: a file by the compressed one beside it (app.js.br, app.js.zst or app.js.gz, if
	// that is not older) or once, in the background, and a page as it is written. A page that
	// has both a secret and something that an attacker may choose in one body gives the secret
	// away by its compressed length (BREACH): it should send Cache-Control: no-transform, or a
	// Content-Encoding of its own, and is sent as it is.
	NoCompress bool

	// Redirects are looked at before anything else. The first that matches counts.
	Redirects []Redirect

	// Cache says what Cache-Control is sent. The first rule that matches counts. Where none
	// does, a file with a hash in its name is sent as immutable, and anything else without.
	// Dev turns all of it off.
	Cache []CacheRule

	// Headers are set in addition. All rules that match count; for one header, the first.
	Headers []HeaderRule

	// Browse lists the contents of a folder that has no index.html and no page.
	Browse bool

	// Fallback is a file in Root, such as "index.html", that answers GET and HEAD for a path
	// that nothing else answers, if the client names text/html as a type that it takes and the
	// path has no file extension: the page of a site that does its routing in the browser.
	// Empty means none.
	Fallback string

	// MaxBody is how many bytes of a request's body a page can read before reading fails with
	// an *http.MaxBytesError. 0 means 10 MiB, negative means no limit.
	MaxBody int64

	// ReadHeaderTimeout is how long a client may take to send the head of a request. 0 means
	// 10 seconds, negative means no limit.
	ReadHeaderTimeout time.Duration

	// IdleTimeout is how long a connection waits for its next request. 0 means 75 seconds,
	// negative means no limit.
	IdleTimeout time.Duration

	// BodyTimeout is how long a client may send nothing of a body that a page waits for, before
	// reading it fails with an *[http1.Error] whose status is 408. 0 means 30 seconds, negative
	// means no limit.
	BodyTimeout time.Duration

	// BodyRate is how many bytes a second a client must send on average while a page waits for the
	// body: waiting uses BodyTimeout up, and what comes fills it again, so that a trickle ends and
	// a large body does not. 0 means 500, negative means any.
	BodyRate int

	// WriteTimeout is how long a client may take none of an answer that is being sent, before the
	// connection is cut; a page that takes its time is not meant. 0 means 60 seconds, negative
	// means no limit.
	WriteTimeout time.Duration

	// MaxHeaderBytes limits the head of a request; more is answered with 431. 0 means 32 KiB.
	MaxHeaderBytes int

	// MaxHeaderFields limits the header lines of a request; more is answered with 431. 0 means 100,
	// negative means no limit.
	MaxHeaderFields int

	// MaxURI limits the path of a request with its query, in bytes; more is answered with 414.
	// 0 means 8 KiB, negative means no limit.
	MaxURI int

	// DrainLimit is how many bytes of a body that no page has read are read nevertheless, so that
	// the connection can be used again; with more left it ends after the answer. 0 means 256 KiB,
	// negative means that nothing is read. StdHTTP has 256 KiB whatever it is.
	DrainLimit int64

	// DrainTimeout is how long that may take, and how long a connection that ends after an answer
	// waits for the client to close it. 0 means 5 seconds, negative means no limit. StdHTTP does
	// not know it.
	DrainTimeout time.Duration

	// Writers is told by whoever watches Root who is writing to the files. Nil means that nobody does.
	Writers *writers.Writers

	// ShutdownTimeout is how long Serve waits, once its context has ended, for requests that
	// are being answered. 0 means 25 seconds, negative means that it does not wait.
	ShutdownTimeout time.Duration
}

// DefaultAddr is where a server listens that was not told.
const DefaultAddr = "127.0.0.1:8000"

const (
	defaultMaxBody           = 10 << 20
	defaultCacheBytes        = 64 << 20
	defaultReadHeaderTimeout = 10 * time.Second // a phone in a tunnel, but no slow-loris
	defaultIdleTimeout       = 75 * time.Second // longer than the 60 s of load balancers, or they meet closed connections
	defaultWriteTimeout      = 60 * time.Second // as nginx: send_timeout
	defaultMaxHeaderBytes    = 32 << 10         // as nginx: 4 buffers of 8 KiB
	defaultBodyTimeout       = http1.DefaultBodyTimeout
	defaultBodyRate          = http1.DefaultBodyRate
	defaultMaxHeaderFields   = http1.DefaultMaxHeaderFields
	defaultMaxURI            = http1.DefaultMaxURI
	defaultDrainLimit        = http1.DefaultDrainLimit
	defaultDrainTimeout      = http1.DefaultDrainTimeout
	defaultShutdownTimeout   = 25 * time.Second // below the 30 s after which service managers kill
	rootCheckInterval        = 250 * time.Millisecond
)

func (c *Config) setDefaults() {
	c.CacheBytes = orDefault(c.CacheBytes, defaultCacheBytes)
	c.MaxBody = orDefault(c.MaxBody, defaultMaxBody)
	c.ReadHeaderTimeout = orDefault(c.ReadHeaderTimeout, defaultReadHeaderTimeout)
	c.IdleTimeout = orDefault(c.IdleTimeout, defaultIdleTimeout)
	c.WriteTimeout = orDefault(c.WriteTimeout, defaultWriteTimeout)
	c.MaxHeaderBytes = orDefault(c.MaxHeaderBytes, defaultMaxHeaderBytes)
	c.BodyTimeout = orDefault(c.BodyTimeout, defaultBodyTimeout)
	c.BodyRate = orDefault(c.BodyRate, defaultBodyRate)
	c.MaxHeaderFields = orDefault(c.MaxHeaderFields, defaultMaxHeaderFields)
	c.MaxURI = orDefault(c.MaxURI, defaultMaxURI)
	c.DrainLimit = orDefault(c.DrainLimit, defaultDrainLimit)
	c.DrainTimeout = orDefault(c.DrainTimeout, defaultDrainTimeout)
	c.ShutdownTimeout = orDefault(c.ShutdownTimeout, defaultShutdownTimeout)
	if c.Writers == nil {
		c.Writers = &writers.Writers{}
	}
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
