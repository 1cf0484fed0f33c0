package main

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"wizgy/engine"
	"wizgy/server"
)

// options are what flags, variables of the environment and wizgy.toml set alike: --max-body,
// WIZGY_MAX_BODY and max-body. Every command takes them all, so that check and routes are about
// the site as the same options would serve it.
type options struct {
	Addr       commas[address] `default:"127.0.0.1:8000" placeholder:"HOST:PORT" group:"server" help:"Listen here (${default}), or at unix:PATH. Port 0 takes a free one; may be repeated."`
	SocketMode socketMode      `default:"660" placeholder:"MODE" group:"server" help:"Who may connect to a Unix socket, as chmod takes it (${default})."`

	Log             string        `default:"auto" enum:"auto,text,json" group:"server" help:"How the log is written: text, json, or auto, which is text at a terminal (${default})."`
	NoAccessLog     bool          `group:"server" help:"Log no line for each request."`
	TLSCert         fileName      `name:"tls-cert" placeholder:"FILE" group:"server" help:"Serve https with the certificate in this file (PEM, the authorities' certificates behind it), and the key of --tls-key. Both are read again when they change."`
	TLSKey          fileName      `name:"tls-key" placeholder:"FILE" group:"server" help:"The private key of --tls-cert (PEM)."`
	HeaderTimeout   time.Duration `default:"10s" group:"server" help:"How long a client may take to send the head of a request; 0 is no limit, here and below (${default})."`
	IdleTimeout     time.Duration `default:"75s" group:"server" help:"How long a connection waits for its next request (${default})."`
	BodyTimeout     time.Duration `default:"30s" group:"server" help:"How long a client may send nothing of a body that a page waits for (${default})."`
	BodyRate        byteSize      `default:"500" placeholder:"SIZE" group:"server" help:"How much a client must send in a second, on average, of a body that a page waits for (${default})."`
	WriteTimeout    time.Duration `default:"60s" group:"server" help:"How long a client may take nothing of an answer (${default})."`
	StopTimeout     time.Duration `default:"${stop}" group:"server" help:"How long a stop waits for requests that have begun; 0 does not wait (${default})."`
	MaxHeader       byteSize      `default:"32KiB" placeholder:"SIZE" group:"server" help:"How large the head of a request may be (${default})."`
	MaxURI          byteSize      `name:"max-uri" default:"8KiB" placeholder:"SIZE" group:"server" help:"How long the path of a request may be, with its query (${default})."`
	MaxHeaderFields int           `default:"100" group:"server" help:"How many header lines a request may have (${default})."`
	MaxBody         byteSize      `default:"10MiB" placeholder:"SIZE" group:"server" help:"How much of the body of a request a page can read; 0 is no limit (${default})."`

	BodyMemory byteSize `default:"64KiB" placeholder:"SIZE" group:"server" help:"How much of a body is kept in memory while it is taken in for a page; the rest goes into a file (${default})."`
	BodySpool  byteSize `default:"1GiB" placeholder:"SIZE" group:"server" help:"How large that file may be, which all bodies share; more is answered with 503 (${default})."`
	BodyShare  byteSize `default:"256MiB" placeholder:"SIZE" group:"server" help:"How much of it the bodies of one client may take, by its address (${default})."`
	BodyFolder fileName `placeholder:"FOLDER" group:"server" help:"Where that file is, which has no name there; otherwise the system's folder for temporary files."`

	DrainLimit   byteSize      `default:"256KiB" placeholder:"SIZE" group:"server" help:"How much of a body that no page has read is read in order to keep the connection; 0 reads nothing (${default})."`
	DrainTimeout time.Duration `default:"5s" group:"server" help:"How long that may take, and how long a connection that ends waits for the client to close it (${default})."`

	Host       commas[hostName] `placeholder:"NAME,…" group:"server" help:"A name of this machine that dev is to answer for, beside localhost, IP addresses and the names of --addr; may be repeated."`
	TrustProxy commas[trusted]  `placeholder:"ADDRESS,…" group:"server" help:"Believe these proxies about the address of a client, the scheme and the host: addresses, networks such as 10.0.0.0/8, and unix for the peers of Unix sockets; may be repeated."`

	MaxMemory    memoryLimit `default:"auto" placeholder:"SIZE" group:"server" help:"How much memory the server may take before it is replaced by a fresh one; 0 is no limit, and auto three quarters of what the machine or the container has (${default})."`
	NoSupervisor bool        `group:"server" help:"Serve in one process, which nothing replaces when it dies or hangs."`

	Watch string `default:"auto" enum:"auto,poll,off" group:"server" help:"How changes of the site are noticed: auto is told by the system, and looks every two seconds for what it was not told; poll only looks; off never does, so that the site is loaded again by SIGHUP only (${default})."`

	CacheSize  byteSize `default:"64MiB" placeholder:"SIZE" group:"server" help:"How much memory the contents of files may take; 0 keeps none (${default})."`
	NoCompress bool     `group:"server" help:"Compress nothing that is sent."`
	HTTP1      string   `name:"http1" env:"WIZGY_HTTP1" default:"own" enum:"own,std" group:"server" help:"Who serves HTTP/1.1 connections: wizgy's own strict code, or std, Go's net/http (${default})."`

	Timeout  time.Duration `default:"${timeout}" group:"pages" help:"How long a page may take until the first piece of its answer, and from piece to piece (${default})."`
	Runtimes int           `default:"256" group:"pages" help:"How many requests a page answers at a time (${default})."`

	MaxRuntimes int      `default:"1024" group:"pages" help:"How many runtimes there are of all pages, idle ones included (${default})."`
	Queue       int      `default:"1024" group:"pages" help:"How many requests wait for a page of which all runtimes are busy (${default})."`
	MaxDepth    int      `default:"2000" group:"pages" help:"How deep calls in a page may be nested (${default})."`
	MaxValue    byteSize `default:"64MiB" placeholder:"SIZE" group:"pages" help:"How large a string, a buffer or an array of a page may be made by a built-in function; 0 is no limit (${default})."`

	Isolation string          `default:"page" enum:"page,request" group:"pages" help:"What has a runtime of its own, with variables that nothing else sees: each page, or each request (${default})."`
	Isolate   lines[pageName] `placeholder:"PAGE" group:"pages" help:"A page or folder, such as apps/admin, each request of which has a runtime of its own; may be repeated."`

	Set map[string]string `placeholder:"NAME=VALUE" mapsep:"\n" group:"pages" help:"A variable that every page finds in environ; may be repeated."`

	Redirect lines[server.Redirect]   `placeholder:"'FROM TO STATUS'" group:"site" help:"Redirect paths, as in '/old/* /new/:splat 301'; may be repeated."`
	Cache    lines[server.CacheRule]  `placeholder:"'PATH VALUE'" group:"site" help:"Cache-Control for paths, as in '/assets/* max-age=3600'; may be repeated."`
	Headers  lines[server.HeaderRule] `placeholder:"'PATH NAME: VALUE'" group:"site" help:"A header for paths, as in '/* X-Frame-Options: DENY'; may be repeated."`
	Browse   bool                     `negatable:"" group:"site" help:"List what is in a folder that has no index.html."`
	Spa      fallbackPage             `group:"site" help:"Send html/index.html, or the file of --spa=FILE, for paths that nothing else answers, to browsers that want a page."`

	fromFile configFile `kong:"-"`
}

// settings gives every command its options.
func (o *options) settings() *options { return o }

// complaint is what is wrong with an option, or with the entry of it that is called key.
type complaint struct{ option, key, text string }

// path is where a TOML file has it.
func (c complaint) path() string {
	if c.key == "" {
		return c.option
	}
	return c.option + "." + c.key
}

func (c complaint) ofFlag() error {
	if c.key == "" {
		return fmt.Errorf("--%s %s", c.option, c.text)
	}
	return fmt.Errorf("--%s: %s", c.option, c.text) // which begins with the key
}

// complaints lists what is wrong with values that have the right type.
func (o *options) complaints() []complaint {
	var list []complaint
	add := func(bad bool, option, format string, args ...any) {
		if bad {
			list = append(list, complaint{option: option, text: fmt.Sprintf(format, args...)})
		}
	}
	add(len(o.Addr) == 0, "addr", "must have an address, such as 127.0.0.1:8000")
	for i, a := range o.Addr {
		problem := a.problem()
		add(problem != "", "addr", "%s", problem)
		before := options{Addr: o.Addr[:i]}
		add(before.hasAddress(a), "addr", "must have each address once, got %s twice", a)
	}
	add(o.Timeout <= 0, "timeout", "must be longer than nothing, such as 30s, got %v", o.Timeout)
	add(o.Runtimes <= 0, "runtimes", "must be at least 1, got %d", o.Runtimes)
	add(o.MaxRuntimes <= 0, "max-runtimes", "must be at least 1, got %d", o.MaxRuntimes)
	add(o.Queue < 0, "queue", "must be 0 or more, got %d", o.Queue)
	add(o.MaxDepth < 100 || o.MaxDepth > 20000, "max-depth", "must be from 100 to 20000, got %d", o.MaxDepth)
	notNegative := func(option string, timeout time.Duration) {
		add(timeout < 0, option, "must be 0 or longer, such as 30s, got %v", timeout)
	}
	notNegative("header-timeout", o.HeaderTimeout)
	notNegative("idle-timeout", o.IdleTimeout)
	notNegative("body-timeout", o.BodyTimeout)
	notNegative("write-timeout", o.WriteTimeout)
	notNegative("stop-timeout", o.StopTimeout)
	add(o.DrainTimeout <= 0, "drain-timeout", "must be longer than nothing, such as 5s, got %v", o.DrainTimeout)
	inRange := func(option string, size byteSize) {
		add(size < 1<<10 || size > 1<<30, option, "must be from 1KiB to 1GiB, got %v", size)
	}
	inRange("max-header", o.MaxHeader)
	inRange("max-uri", o.MaxURI)
	add(o.MaxHeaderFields <= 0, "max-header-fields", "must be at least 1, got %d", o.MaxHeaderFields)
	add(o.BodyMemory < 1<<10 || o.BodyMemory > 1<<26, "body-memory", "must be from 1KiB to 64MiB, got %v", o.BodyMemory)
	add(o.BodySpool < 1<<20, "body-spool", "must be at least 1MiB, got %v", o.BodySpool)
	add(o.BodyShare < 1<<20, "body-share", "must be at least 1MiB, got %v", o.BodyShare)
	add(o.BodyRate > 1<<30, "body-rate", "must be 1GiB or less, got %v", o.BodyRate)
	add(!o.MaxMemory.valid(), "max-memory", "must be auto, 0, or at least %v, got %v", minMemory, o.MaxMemory)
	add(!o.Spa.valid(), "spa", "must be a file below html/, such as index.html, got %q", string(o.Spa))
	for _, name := range slices.Sorted(maps.Keys(o.Set)) {
		if err := engine.CheckEnviron(name); err != nil {
			list = append(list, complaint{"set", name, err.Error()})
		}
	}
	return list
}

// Validate checks what the types do not. kong calls it.
func (o *options) Validate() error {
	if list := o.complaints(); len(list) > 0 {
		return list[0].ofFlag()
	}
	for _, e := range server.CheckRules(o.serverConfig()) {
		return fmt.Errorf("--%s: %s %s", e.List, e.Key, e.Message)
	}
	return nil
}

// isPort reports whether s is a port, by its number or by its name.
func isPort(s string) bool {
	_, err := net.LookupPort("tcp", s)
	return err == nil && s != ""
}

// serverConfig is what the server needs to know. The caller adds Root, Pages and Logger.
func (o *options) serverConfig() server.Config {
	return server.Config{
		TrustProxy: texts(o.TrustProxy),
		TLSCert:    string(o.TLSCert), TLSKey: string(o.TLSKey),
		NoAccessLog: o.NoAccessLog, Redirects: o.Redirect, Cache: o.Cache, Headers: o.Headers,
		Browse: o.Browse, Fallback: string(o.Spa),
		CacheBytes: orNone(int64(o.CacheSize)), NoCompress: o.NoCompress, StdHTTP: o.HTTP1 == "std",
		MaxBody: orNone(int64(o.MaxBody)), MaxHeaderBytes: int(o.MaxHeader),
		ReadHeaderTimeout: orNone(o.HeaderTimeout), IdleTimeout: orNone(o.IdleTimeout),
		BodyTimeout: orNone(o.BodyTimeout), BodyRate: int(orNone(o.BodyRate)),
		MaxURI: int(o.MaxURI), MaxHeaderFields: o.MaxHeaderFields,
		DrainLimit: orNone(int64(o.DrainLimit)), DrainTimeout: o.DrainTimeout,
		WriteTimeout: orNone(o.WriteTimeout), ShutdownTimeout: orNone(o.StopTimeout),
	}
}

// texts returns a list as the packages take it.
func texts[T ~string](list []T) (texts []string) {
	for _, v := range list {
		texts = append(texts, string(v))
	}
	return texts
}

// orNone turns the 0 that people write for "no limit" into what a Config has for it.
func orNone[T ~int64](v T) T {
	if v == 0 {
		return -1
	}
	return v
}

// watchInterval is how often the site is looked at where that is all there is.
const watchInterval = 2 * time.Second

// engineConfig is what the engine needs to know. The caller adds Dir and Logger.
func (o *options) engineConfig() engine.Config {
	cfg := engine.Config{
		Timeout: o.Timeout, MaxRuntimes: o.Runtimes, MaxAllRuntimes: o.MaxRuntimes, Environ: o.Set,
		MaxQueue: orNone(int64(o.Queue)), MaxDepth: o.MaxDepth,
		BodyMemory: int64(o.BodyMemory), BodySpool: int64(o.BodySpool), BodyShare: int64(o.BodyShare), BodyFolder: string(o.BodyFolder),
		MaxValue: orNone(int64(o.MaxValue)), MaxHeap: o.MaxMemory.heapBudget(totalMemory()),
		Isolation: engine.Isolation(o.Isolation), NoWatch: o.Watch == "off",
	}
	if o.Watch == "poll" {
		cfg.Poll = watchInterval
	}
	for _, name := range o.Isolate {
		cfg.Isolate = append(cfg.Isolate, strings.TrimPrefix(string(name), "apps/"))
	}
	return cfg
}

// tlsProblem returns what is wrong with the certificate for a site whose document root is root. A
// worker takes what there is: if it would not begin with a certificate that has expired meanwhile,
// the one that has died would be the last.
func (o *options) tlsProblem(root string, worker bool) error {
	if o.TLSKey != "" && inDocumentRoot(string(o.TLSKey), root) {
		return fmt.Errorf("tls-key %s: it lies in html/, where visitors can read it: move it out, and have a new one made", o.TLSKey)
	}
	if worker {
		return nil
	}
	return server.CheckTLS(string(o.TLSCert), string(o.TLSKey))
}

// missingFallback says that there is no file for --spa, if there is none.
func (o *options) missingFallback(files *server.Server) string {
	if o.Spa == "" {
		return ""
	}
	if _, ok := files.Lookup((&url.URL{Path: "/" + string(o.Spa)}).EscapedPath()); ok {
		return ""
	}
	return fmt.Sprintf("html/%s: there is no such file, and spa asks for it: create it, or name another", o.Spa)
}
