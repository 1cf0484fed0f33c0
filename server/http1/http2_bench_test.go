package http1

import (
	"io"
	"net/http"
	"testing"
)

// BenchmarkHTTP2 asks one connection for one answer after the other.
func BenchmarkHTTP2(b *testing.B) {
	addr, config := serveTLS(b, &Server{Handler: text("Hello, world!\n")})
	tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	b.ReportAllocs()
	for b.Loop() {
		resp, err := (&http.Client{Transport: tr}).Get("https://" + addr + "/")
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
