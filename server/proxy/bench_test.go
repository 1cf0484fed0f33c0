package proxy

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkApply has what each request pays: where nobody is trusted, and behind a proxy.
func BenchmarkApply(b *testing.B) {
	for name, trust := range map[string][]string{"nobody": nil, "proxy": proxies} {
		b.Run(name, func(b *testing.B) {
			list, err := Parse(trust)
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = "127.0.0.1:4000"
			r.Header.Set("X-Forwarded-For", "192.0.2.1")
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Host", "example.org")
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := list.Apply(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
