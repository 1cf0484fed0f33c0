// Package server is an [http.Handler] for one site: a folder of static files, then pages, then
// error pages, with an access line per request. It also listens, and stops without cutting a
// request that is being answered.
//
// It knows nothing about how pages are made: whatever has the one method of [Pages] can answer
// what no file answers, and the handler runs under any HTTP server:
//
//	s, err := server.New(server.Config{Addr: "127.0.0.1:8000", Root: "html"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	log.Fatal(s.ListenAndServe(ctx))
//
// # Which file answers
//
// The path is split at its slashes before it is percent-decoded, so an encoded slash never
// splits. For /about these are tried, in this order:
//
//   - the file about;
//   - the file about.html;
//   - about/index.html, which is answered with a redirect to /about/.
//
// /about/ is answered by about/index.html and nothing else. What exists wins over pages, for
// every method: a POST to a static file is 405. Names that start with a dot do not exist, except
// for .well-known at the top; neither does anything but regular files. Symbolic links are
// followed as long as they are relative and stay inside the folder.
//
// A path that nothing answers gets the nearest 404.html: from its folder, or from one above.
//
// Before all that come [Config.Redirects]; after it, [Config.Browse] and [Config.Fallback].
//
// # Connections
//
// They are served by the package server/http1, or by net/http, see [Config.StdHTTP]. With a
// certificate they are TLS, see [Config.TLSCert], and clients that can speak HTTP/2 do.
//
// A proxy in front is believed about whom a request comes from, and what it was for, if
// [Config.TrustProxy] has its address.
//
// # Headers
//
// A file has an ETag and Last-Modified, and X-Content-Type-Options: nosniff if its type is known
// by its name. Its Cache-Control is as [Config.Cache] says; a name with a hash of the content,
// app.3f9a2c1b.js, is immutable without being told. Pages send what they set and, as far as that
// leaves room, what [Config.Cache] and [Config.Headers] say.
//
// # What is sent
//
// Files have strong entity tags, and conditions and ranges are those of RFC 9110. A file that is
// replaced by a rename is sent wholly old or wholly new. Small files come from memory, see
// [Config.CacheBytes], large ones go from the file to the connection by sendfile(2).
//
// What clients accept is compressed, see [Config.NoCompress]: with brotli, zstd or gzip, by the
// weights in Accept-Encoding. A file is compressed in the background, and sent as it is until
// that is done. Ranges are always of the file as it is.
//
// # The files
//
// For whoever looks for a place in the code:
//
//   - the server: config.go, server.go, run.go (listening and stopping), transport.go, certificate.go,
//     keypair.go, underway.go (what is being answered), generation.go
//   - before and after files: redirect.go, redirects.go, fallback.go, browse.go, browsepage.go, notfound.go
//   - a file: path.go, static.go, answers.go and cache.go (what answers a path), folder.go, links.go,
//     load.go, version.go, stamp.go and store.go (what is in memory), mime.go, conditional.go, range.go,
//     multipart.go, send.go
//   - compression: accept.go, coding.go, negotiate.go, compressible.go; of files compressor.go and
//     precompressed.go, of pages pagewriter.go, pagehead.go, pageencoder.go, encode.go
//   - headers that the site sets: rules.go, ruletext.go, pattern.go, dress.go, hashed.go
//   - errors: errors.go, errorpage.go
//   - the log: log.go, logtext.go, logtime.go, accesslog.go, record.go
//   - what proxies in front say: proxies.go, and the package server/proxy
//   - limits that net/http lacks: body.go, pace.go, progress.go
package server
