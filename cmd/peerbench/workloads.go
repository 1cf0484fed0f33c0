//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
)

// work is what servers are asked to do: one request, again and again.
type work struct {
	name, about  string
	method, path string // of the request; path with the query
	body         []byte
	status       int
	want         []byte // the body of the only right answer
	conditional  bool   // ask with the validator of an earlier answer
	edits        bool   // measure the time from a save to the first new answer
}

// The files that static work asks for.
const (
	smallFile  = "small.css"
	largeFile  = "large.bin"
	editedFile = "edited.txt"
)

// works lists the workloads, in the order in which they are measured and printed.
func works() []*work {
	small, large, posted := text(5<<10), text(1<<20), text(16<<10)
	list := []*work{
		{name: "file5k", about: "a file of 5 KB", path: "/" + smallFile, want: small},
		{name: "file1m", about: "a file of 1 MB", path: "/" + largeFile, want: large},
		{name: "notmod", about: "the 5 KB file, not modified (304)", path: "/" + smallFile, status: http.StatusNotModified, conditional: true},
		{name: "hello", about: "a page that tells method and path", path: "/hello", want: []byte("Hello from GET /hello\n")},
		{name: "json", about: "a page that reads a query and writes JSON", path: "/json?name=Ada&n=42", want: jsonPage("GET", "/json", "Ada", 42)},
		{name: "rows", about: "a page of 12 rows, sorted and escaped", path: "/rows", want: rowsPage()},
		{name: "post", about: "a page that echoes 16 KB", method: http.MethodPost, path: "/echo", body: posted, want: posted},
		{name: "edit", about: "from a save to the first new answer", edits: true},
	}
	for _, w := range list {
		w.method, w.status = cmp.Or(w.method, http.MethodGet), cmp.Or(w.status, http.StatusOK)
	}
	return list
}

// text makes n bytes of lines, no two alike.
func text(n int) []byte {
	var b bytes.Buffer
	for line := 1; b.Len() < n; line++ {
		fmt.Fprintf(&b, ".line-%06d { width: %dpx }\n", line, line*7919%1000)
	}
	return b.Bytes()[:n]
}

// rows are what the page of rows shows.
var rows = [12][2]string{
	{"Pear & plum", "ripe < 3 days"}, {"Apple", "<b>red</b>"}, {"Zucchini", "long > 20 cm"},
	{"Fig", "dried & fresh"}, {"Müller & Söhne", "bread"}, {"Cherry", "sour"},
	{"Lime", "<i>green</i>"}, {"Onion", "white, red"}, {"Date", "sweet & sticky"},
	{"Banana", "1 < 2 > 0"}, {"Grape", "seedless"}, {"Kiwi", "& so on"},
}

// rowsPage is the page of rows in Go.
func rowsPage() []byte {
	sorted := slices.Clone(rows[:])
	slices.SortFunc(sorted, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<title>Rows</title>\n<table>\n")
	for _, row := range sorted {
		b.WriteString("<tr><td>")
		b.WriteString(html.EscapeString(row[0]))
		b.WriteString("<td>")
		b.WriteString(html.EscapeString(row[1]))
		b.WriteString("\n")
	}
	b.WriteString("</table>\n")
	return b.Bytes()
}

// jsonPage is the JSON page in Go.
func jsonPage(method, path, name string, n int) []byte {
	text, err := json.Marshal(struct {
		Method string   `json:"method"`
		Path   string   `json:"path"`
		Name   string   `json:"name"`
		N      int      `json:"n"`
		Square int      `json:"square"`
		Tags   []string `json:"tags"`
		OK     bool     `json:"ok"`
	}{method, path, name, n, n * n, []string{"one", "two"}, true})
	if err != nil {
		panic(err) // strings and numbers can be written
	}
	return text
}

// request returns the bytes to send to addr.
func (w *work) request(ctx context.Context, addr string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: peerbench\r\nAccept: */*\r\n", w.method, w.path, addr)
	if w.body != nil {
		fmt.Fprintf(&b, "Content-Type: application/octet-stream\r\nContent-Length: %d\r\n", len(w.body))
	}
	if w.conditional {
		line, err := condition(ctx, "http://"+addr+w.path)
		if err != nil {
			return nil, err
		}
		b.WriteString(line)
	}
	b.WriteString("\r\n")
	b.Write(w.body)
	return b.Bytes(), nil
}

// condition returns the header by which a client asks whether the copy it has is still good.
func condition(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("ask for a validator: %w", err)
	}
	response, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return "", fmt.Errorf("ask for a validator: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", fmt.Errorf("ask for a validator: %w", err)
	}
	if tag := response.Header.Get("ETag"); tag != "" {
		return "If-None-Match: " + tag + "\r\n", nil
	}
	if date := response.Header.Get("Last-Modified"); date != "" {
		return "If-Modified-Since: " + date + "\r\n", nil
	}
	return "", fmt.Errorf("the answer (status %d) has neither ETag nor Last-Modified, so that no 304 can be asked for", response.StatusCode)
}
