package http1

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestCrowd has many clients of net/http at once, with requests of all kinds, and looks whether
// anybody gets what is another's.
func TestCrowd(t *testing.T) {
	for name, reuse := range map[string]bool{"fresh": false, "reused": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, &Server{ReuseRequests: reuse, Handler: http.HandlerFunc(echo)})
			tr := &http.Transport{MaxIdleConnsPerHost: 20}
			defer tr.CloseIdleConnections()
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					for j := range 50 {
						if err := askEcho(&http.Client{Transport: tr}, "http://"+addr, i, j); err != nil {
							t.Errorf("client %d, request %d: %v", i, j, err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// echo answers with the body, in one of several ways, and with headers that tell the request.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Echo", r.Header.Get("X-Id")+" "+r.URL.Query().Get("id"))
	switch r.Header.Get("X-Way") {
	case "0": // nothing is read
		io.WriteString(w, "unread")
	case "1":
		b, _ := io.ReadAll(r.Body)
		w.Write(b)
	case "2":
		http.NewResponseController(w).EnableFullDuplex()
		w.(http.Flusher).Flush()
		io.Copy(w, r.Body)
	default:
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		w.Write(b)
	}
}

func askEcho(c *http.Client, base string, i, j int) error {
	id := fmt.Sprintf("%d-%d", i, j)
	body := bytes.Repeat([]byte(id+" "), 1+(i*j*37)%5000)
	var reader io.Reader = bytes.NewReader(body)
	if j%3 == 0 {
		reader = io.MultiReader(reader) // of unknown length
	}
	req, err := http.NewRequest("POST", base+"/?id="+id, reader)
	if err != nil {
		return err
	}
	req.Header.Set("X-Id", id)
	req.Header.Set("X-Way", fmt.Sprint(j%4))
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if j%4 == 0 {
		body = []byte("unread")
	}
	if err != nil || !bytes.Equal(got, body) || resp.Header.Get("X-Echo") != strings.Join([]string{id, id}, " ") {
		return fmt.Errorf("got %d octets, %q, %v; want %d", len(got), resp.Header.Get("X-Echo"), err, len(body))
	}
	return nil
}
