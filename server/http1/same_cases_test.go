package http1

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// sameCase is a handler and a raw request for which the answers, and what the handler sees, must be
// the same as under net/http. The last request of each ends the connection, or the answer does.
type sameCase struct {
	name    string
	input   string
	handler func(n *notes, w http.ResponseWriter, r *http.Request)
}

var sameCases = []sameCase{
	{"request fields", "GET /a/b%20c?x=1&y=%41 HTTP/1.1\r\nHost: example.com:8080\r\nx-one:  1 \r\nX-One: 2\r\nACCEPT: */*\r\nCookie: a=b\r\nConnection: close\r\n\r\n", noteRequest},
	{"absolute form", "GET http://other.example/p?q HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", noteRequest},
	{"options for the server", "OPTIONS * HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", noteRequest},
	{"connect", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n", noteRequest},
	{"double slash", "GET //evil.example/..?? HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", noteRequest},
	{"version 1.0 without host", "GET /x HTTP/1.0\r\nA: b\r\n\r\n", noteRequest},
	{"pragma", "GET /x HTTP/1.0\r\nPragma: no-cache\r\n\r\n", noteRequest},
	{"custom method", "BREW /pot HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", noteRequest},
	{"counted body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", noteRequest},
	{"chunked body with trailer", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\n\r\n", noteRequest},
	{"form", "POST /?a=1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nConnection: close\r\n\r\na=2&b=3",
		func(n *notes, w http.ResponseWriter, r *http.Request) {
			n.add("%v %v", r.ParseForm(), r.Form)
		}},
	{"path values", last("/items/42"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.PathValue("id")+r.Pattern)
		})
		mux.ServeHTTP(w, r)
	}},

	{"nothing written", get("/1") + last("/2"), func(*notes, http.ResponseWriter, *http.Request) {}},
	{"keep-alive and pipelining", get("/1") + get("/2") + last("/3"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.add("%s", r.URL.Path)
		io.WriteString(w, r.URL.Path)
	}},
	{"pipelining behind bodies", "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPOST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n" + last("/3"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		n.add("%s %q %v", r.URL.Path, b, err)
	}},
	{"bodies that are not read", "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPOST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n" + last("/3"), echoPath},
	{"nothing stays from request to request", get("/1?a=b") + "POST /2 HTTP/1.1\r\nHost: i\r\nX-A: 1\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nc=d\r\n0\r\n\r\n" +
		get("/3") + "POST /4 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX-B: 2\r\n\r\nxyz" + last("/5"),
		func(n *notes, w http.ResponseWriter, r *http.Request) {
			n.add("%v %v %v %v", w.Header(), r.Form, r.PathValue("v"), r.Pattern)
			r.ParseForm()
			noteRequest(n, w, r)
			r.SetPathValue("v", "1")
			r.Header.Set("X-Mine", "1")
			w.Header().Set("X-"+r.URL.Path[1:], "1")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"X-T", r.URL.Path)
		}},
	{"headers of one answer", get("/1") + get("/2") + last("/3"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Add("X"+r.URL.Path[1:], "1")
		w.Header().Add("Connection", "x")
		w.WriteHeader(200 + len(r.URL.Path))
	}},
	{"head", strings.Replace(last("/"), "GET", "HEAD", 1), echoPath},
	{"head without body", strings.Replace(last("/"), "GET", "HEAD", 1), func(*notes, http.ResponseWriter, *http.Request) {}},
	{"head of something large", strings.Replace(last("/"), "GET", "HEAD", 1), func(n *notes, w http.ResponseWriter, r *http.Request) {
		for range 10 {
			k, err := w.Write(make([]byte, 10_000))
			n.add("%d %v", k, err)
		}
	}},
	{"head with length", strings.Replace(last("/"), "GET", "HEAD", 1), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
	}},
	{"1.0 keep-alive", "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", echoPath},
	{"1.0 keep-alive without length", "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", flushed},
	{"1.0 large", "GET /1 HTTP/1.0\r\n\r\n", large},
	{"chunked", last("/"), large},
	{"chunked by flush", last("/"), flushed},
	{"flush of nothing", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() }},
	{"explicit length", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, err := io.WriteString(w, "hello")
		_, err2 := io.WriteString(w, "x")
		n.add("%v %v %v", err, errors.Is(err2, http.ErrContentLength), err2)
	}},
	{"transfer-encoding chunked", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Transfer-Encoding", "chunked")
		io.WriteString(w, "hello")
	}},
	{"transfer-encoding identity", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Transfer-Encoding", "identity")
		io.WriteString(w, "hello")
	}},
	{"no content", get("/1") + last("/"), status(204)},
	{"not modified", get("/1") + last("/"), status(304)},
	{"teapot", last("/"), status(418)},
	{"unknown status", last("/"), status(799)},
	{"handler closes", get("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		io.WriteString(w, "bye")
	}},
	{"header after write", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("A", "1")
		w.WriteHeader(201)
		w.Header().Set("B", "2")
		w.WriteHeader(500)
		io.WriteString(w, "x")
	}},
	{"bad status panics", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		defer func() { n.add("%v", recover()) }()
		w.WriteHeader(42)
	}},
	{"header values", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header()["X-A"] = []string{"a\r\nX-Evil: 1", " b ", ""}
		w.Header()["Bad Name"] = []string{"x"}
		w.Header()["Date"] = []string{"never"}
		w.Header()["lower"] = []string{"é"}
	}},
	{"no date, no type", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "<html>")
	}},
	{"sniffed html", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "<!doc")
		io.WriteString(w, "type html>")
	}},
	{"sniffed png", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("\x89PNG\x0d\x0a\x1a\x0a"))
	}},
	{"sniffed over a small write and a large one", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "GIF")
		io.WriteString(w, "89a"+strings.Repeat("x", 20_000))
	}},
	{"not sniffed when encoded", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, "xx")
	}},
	{"early hints", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.WriteHeader(102)
		io.WriteString(w, "page")
	}},
	{"trailers", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "A-Trailer, b-trailer, Content-Length")
		io.WriteString(w, "body")
		w.Header().Set("A-Trailer", "1")
		w.Header().Set("B-Trailer", "2")
		w.Header().Set("C-Trailer", "3")
	}},
	{"trailers that were not announced", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "body")
		w.(http.Flusher).Flush()
		w.Header().Set(http.TrailerPrefix+"A", "1")
	}},
	{"body not allowed", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(304)
		k, err := w.Write([]byte("x"))
		n.add("%d %v", k, errors.Is(err, http.ErrBodyNotAllowed))
	}},
	{"write of nothing", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		k, err := w.Write(nil)
		n.add("%d %v", k, err)
		w.Header().Set("Too", "late")
	}},

	{"expect continue", "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", noteRequest},
	{"expect continue in any case", "POST / HTTP/1.1\r\nHost: h\r\nexpect: 100-Continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", noteRequest},
	{"expect of 1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", noteRequest},
	{"read after close", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", func(n *notes, w http.ResponseWriter, r *http.Request) {
		r.Body.Close()
		_, err := r.Body.Read(make([]byte, 1))
		n.add("%v", errors.Is(err, http.ErrBodyReadAfterClose))
	}},
	{"read after the answer began", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi" + last("/2"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, err := r.Body.Read(make([]byte, 1))
		n.add("%v %v", errors.Is(err, http.ErrBodyReadAfterClose), err == io.EOF)
	}},
	{"full duplex", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi" + last("/2"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.add("%v", http.NewResponseController(w).EnableFullDuplex())
		w.(http.Flusher).Flush()
		b, err := io.ReadAll(r.Body)
		n.add("%s %v", b, err)
	}},
	{"read until a deadline", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nhi", func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.add("%v", http.NewResponseController(w).SetReadDeadline(time.Now().Add(20*time.Millisecond)))
		b, err := io.ReadAll(r.Body)
		n.add("%q %v", b, errors.Is(err, os.ErrDeadlineExceeded))
	}},
	{"read past the end", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", func(n *notes, w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		k, err := r.Body.Read(make([]byte, 1))
		n.add("%d %v", k, err)
	}},
	{"limited body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\nConnection: close\r\n\r\n01234567890123456789", func(n *notes, w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 10))
		n.add("%q %v", b, err)
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}},
	{"unread body over the limit", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000), echoPath},
	{"multipart", "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 77\r\nConnection: close\r\n\r\n--b\r\nContent-Disposition: form-data; name=f; filename=n\r\n\r\ncontent\r\n--b--\r\n", func(n *notes, w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("f")
		if err != nil {
			n.add("%v", err)
			return
		}
		b, _ := io.ReadAll(f)
		n.add("%s %s", h.Filename, b)
	}},

	{"copied file", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		f := tempFile(n, 100_000)
		defer f.Close()
		k, err := io.Copy(w, f)
		n.add("%d %v", k, err)
	}},
	{"sent file", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		f := tempFile(n, 100_000)
		defer f.Close()
		w.Header().Set("Content-Length", "90000")
		k, err := io.CopyN(w, f, 90_000)
		n.add("%d %v", k, err)
	}},
	{"sent file after text", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		f := tempFile(n, 100_000)
		defer f.Close()
		w.Header().Set("Content-Length", "100006")
		w.Header().Set("Content-Type", "text/x")
		io.WriteString(w, "begin\n")
		k, err := io.Copy(w, f)
		n.add("%d %v", k, err)
	}},
	{"empty file, then a status", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		f := tempFile(n, 0)
		defer f.Close()
		k, err := io.Copy(w, f)
		n.add("%d %v", k, err)
		w.WriteHeader(404)
	}},
	{"file that cannot be read, then an error", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		f, _ := os.Open(os.TempDir())
		defer f.Close()
		k, err := io.Copy(w, f)
		n.add("%d %v", k, err != nil)
		http.Error(w, "the file cannot be read", 500)
	}},
	{"served file", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x.txt", time.Unix(1e9, 0), tempFile(n, 100_000))
	}},
	{"served range", "GET / HTTP/1.1\r\nHost: h\r\nRange: bytes=5-9\r\nConnection: close\r\n\r\n", func(n *notes, w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x.txt", time.Unix(1e9, 0), tempFile(n, 100_000))
	}},
	{"too short", get("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "short")
	}},
	{"panic", get("/"), func(n *notes, w http.ResponseWriter, r *http.Request) { panic("oh") }},
	{"panic after flush", get("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begun")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}},
	{"redirect", last("/a"), func(n *notes, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b?c", http.StatusFound) }},
	{"cookies", "GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1; b=2\r\nConnection: close\r\n\r\n", func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.add("%v", r.Cookies())
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "3"})
		http.SetCookie(w, &http.Cookie{Name: "d", Value: "4"})
	}},
	{"context", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		_, limited := ctx.Deadline()
		_, isServer := ctx.Value(http.ServerContextKey).(*http.Server)
		n.add("%v %v %v %v %v", limited, isServer, ctx.Value(http.LocalAddrContextKey) != nil, ctx.Err(), context.Cause(ctx))
		child, cancel := context.WithCancelCause(ctx)
		cancel(io.EOF)
		n.add("%v %v", child.Err(), context.Cause(child))
	}},
	{"timeout handler", last("/"), func(n *notes, w http.ResponseWriter, r *http.Request) {
		http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		}), time.Millisecond, "late").ServeHTTP(w, r)
	}},
	{"hijack", get("/") + "more", func(n *notes, w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			n.add("%v", err)
			return
		}
		defer c.Close()
		rest := make([]byte, 4)
		_, err = io.ReadFull(rw, rest)
		n.add("%s %v", rest, err)
		_, err = w.Write([]byte("x"))
		n.add("%v", errors.Is(err, http.ErrHijacked))
		rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		rw.Flush()
	}},
}
