package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// seen is a request as the site gets to see it.
type seen struct {
	remote, scheme, host, local, prefix string
}

// ask lets a request from peer through. Each line of head is a header field.
func ask(t *testing.T, trust []string, peer, head string) (seen, error) {
	t.Helper()
	list, err := Parse(trust)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host, r.RemoteAddr = "internal:8000", peer
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(name, value)
	}
	var local net.Addr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000}
	if peer == "@" || peer == "" {
		local = &net.UnixAddr{Name: "/run/wizgy.sock", Net: "unix"}
	}
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
	next, prefix, err := list.Apply(r)
	s := seen{remote: next.RemoteAddr, scheme: "http", host: next.Host, prefix: prefix}
	if next.TLS != nil {
		s.scheme = "https"
	}
	s.local = next.Context().Value(http.LocalAddrContextKey).(net.Addr).String()
	return s, err
}

var proxies = []string{"127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"}

func TestTrustedProxyTellsOfTheClient(t *testing.T) {
	t.Parallel()
	const peer = "127.0.0.1:4000"
	plain := seen{peer, "http", "internal:8000", "127.0.0.1:8000", ""}
	from := func(remote string) seen { s := plain; s.remote = remote; return s }
	tests := []struct {
		name, head string
		want       seen
	}{
		{"nothing is said", "", plain},
		{"nothing but space", "X-Forwarded-For:  , ,\nForwarded: , ;", plain},
		{"address", "X-Forwarded-For: 192.0.2.1", from("192.0.2.1")},
		{"address and port", "X-Forwarded-For: 192.0.2.1:99", from("192.0.2.1:99")},
		{"IPv6", "X-Forwarded-For: 2001:db8::1", from("2001:db8::1")},
		{"IPv6 in brackets", "X-Forwarded-For: [2001:db8::1]", from("2001:db8::1")},
		{"IPv6 with a port", "X-Forwarded-For: [2001:db8::1]:99", from("[2001:db8::1]:99")},
		{"IPv4 written as IPv6", "X-Forwarded-For: ::ffff:192.0.2.1", from("192.0.2.1")},
		{"the client has lied", "X-Forwarded-For: 10.1.1.1, 198.51.100.9, 192.0.2.1", from("192.0.2.1")},
		{"the client has written nonsense", "X-Forwarded-For: <b>, 192.0.2.1", from("192.0.2.1")},
		{"more than one line", "X-Forwarded-For: 198.51.100.9\nX-Forwarded-For: 192.0.2.1", from("192.0.2.1")},
		{"two proxies", "X-Forwarded-For: 198.51.100.9, 192.0.2.1, 10.1.1.1", from("192.0.2.1")},
		{"all are trusted", "X-Forwarded-For: 10.0.0.9, 10.1.1.1", from("10.0.0.9")},
		{"IPv6 proxy", "X-Forwarded-For: 192.0.2.1, 2001:db8:1::7", from("192.0.2.1")},
		{"unknown", "X-Forwarded-For: unknown", plain},
		{"a Unix socket of nginx", "X-Forwarded-For: unix:", plain},
		{"unknown before a proxy", "X-Forwarded-For: 192.0.2.1, unknown, 10.1.1.1", from("10.1.1.1")},

		{"standard", "Forwarded: for=192.0.2.1", from("192.0.2.1")},
		{"standard, its names and values in any case", `Forwarded: FOR=192.0.2.1;Proto=HTTPS`, seen{"192.0.2.1", "https", "internal:8000", "internal:8000", ""}},
		{"standard, quoted", `Forwarded: for="192.0.2.1:99";by=203.0.113.1`, from("192.0.2.1:99")},
		{"standard, escaped", `Forwarded: for="192\.0.2\.1"`, from("192.0.2.1")},
		{"standard, IPv6", `Forwarded: for="[2001:db8::1]"`, from("2001:db8::1")},
		{"standard, IPv6 with a port", `Forwarded: for="[2001:db8::1]:99"`, from("[2001:db8::1]:99")},
		{"standard, without quotes", `Forwarded: for=[2001:db8::1]:99`, from("[2001:db8::1]:99")},
		{"standard, IPv6 without brackets", `Forwarded: for="2001:db8::1"`, from("2001:db8::1")},
		{"standard, unknown", `Forwarded: for=unknown`, plain},
		{"standard, obfuscated", `Forwarded: for=_hidden`, plain},
		{"standard, obfuscated with a port", `Forwarded: for="_SEVKISEK:_x1"`, plain},
		{"standard, obfuscated port", `Forwarded: for="192.0.2.1:_x1"`, from("192.0.2.1")},
		{"standard, obfuscated before a proxy", `Forwarded: for=192.0.2.1, for=_hidden, for=10.1.1.1`, from("10.1.1.1")},
		{"standard, the client has lied", `Forwarded: for=10.1.1.1, for=192.0.2.1`, from("192.0.2.1")},
		{"standard, two proxies", "Forwarded: for=192.0.2.1;proto=https;host=example.org\nForwarded: for=10.1.1.1;proto=http", seen{"192.0.2.1", "https", "example.org", "example.org:443", ""}},
		{"standard, the first proxy says less", `Forwarded: for=192.0.2.1, for=10.1.1.1;proto=https;host=example.org`, seen{"192.0.2.1", "https", "example.org", "example.org:443", ""}},
		{"standard, a comma within quotes", `Forwarded: secret="a,b;c=\"d";for=192.0.2.1`, from("192.0.2.1")},
		{"standard, space and empty elements", "Forwarded:  for=192.0.2.1 ; proto=http , ,", seen{"192.0.2.1", "http", "internal:8000", "internal:8000", ""}},
		{"standard, the scheme only", "Forwarded: proto=https", seen{peer, "https", "internal:8000", "internal:8000", ""}},

		{"scheme", "X-Forwarded-Proto: https", seen{peer, "https", "internal:8000", "internal:8000", ""}},
		{"scheme of WebSockets", "X-Forwarded-Proto: wss", seen{peer, "https", "internal:8000", "internal:8000", ""}},
		{"host", "X-Forwarded-Host: example.org", seen{peer, "http", "example.org", "example.org:80", ""}},
		{"host and scheme", "X-Forwarded-Host: example.org\nX-Forwarded-Proto: https", seen{peer, "https", "example.org", "example.org:443", ""}},
		{"host with a port", "X-Forwarded-Host: example.org:8443\nX-Forwarded-Proto: https\nX-Forwarded-Port: 443", seen{peer, "https", "example.org:8443", "example.org:8443", ""}},
		{"host and port", "X-Forwarded-Host: example.org\nX-Forwarded-Port: 8443\nX-Forwarded-Proto: https", seen{peer, "https", "example.org:8443", "example.org:8443", ""}},
		{"host and the usual port", "X-Forwarded-Host: example.org\nX-Forwarded-Port: 443\nX-Forwarded-Proto: https", seen{peer, "https", "example.org", "example.org:443", ""}},
		{"IPv6 host", "X-Forwarded-Host: [2001:db8::2]\nX-Forwarded-Port: 81", seen{peer, "http", "[2001:db8::2]:81", "[2001:db8::2]:81", ""}},
		{"the client has named a host", "X-Forwarded-For: 198.51.100.9, 192.0.2.1\nX-Forwarded-Host: evil.example, example.org\nX-Forwarded-Proto: http, https", seen{"192.0.2.1", "https", "example.org", "example.org:443", ""}},
		{"the outer proxy has https, the inner http", "X-Forwarded-For: 192.0.2.1, 10.1.1.1\nX-Forwarded-Proto: https, http", seen{"192.0.2.1", "https", "internal:8000", "internal:8000", ""}},
		{"prefix", "X-Forwarded-Prefix: /app/", seen{peer, "http", "internal:8000", "127.0.0.1:8000", "/app"}},
		{"both kinds agree", "X-Forwarded-For: 192.0.2.1\nForwarded: for=\"192.0.2.1:99\"\nX-Forwarded-Proto: https", seen{"192.0.2.1:99", "https", "internal:8000", "internal:8000", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ask(t, proxies, peer, tt.head)
			if err != nil || got != tt.want {
				t.Errorf("%s\n got %+v, %v\nwant %+v", tt.head, got, err, tt.want)
			}
		})
	}
}

const everything = `Forwarded: for=192.0.2.1;proto=https;host=evil.example
X-Forwarded-For: 192.0.2.1
X-Forwarded-Proto: https
X-Forwarded-Host: evil.example
X-Forwarded-Port: 1
X-Forwarded-Prefix: /evil`

func TestOthersHaveNoInfluence(t *testing.T) {
	t.Parallel()
	for _, peer := range []string{"192.0.2.7:1", "127.0.0.2:1", "[::1]:1", "[2001:db8:2::1]:1", "11.0.0.1:1", "", "@", "nonsense"} {
		for name, trust := range map[string][]string{"some are trusted": proxies, "nobody is": nil} {
			t.Run(peer+" "+name, func(t *testing.T) {
				for _, head := range []string{"", everything, "Forwarded: \"\nX-Forwarded-For: x\nX-Forwarded-Proto: ftp"} {
					got, err := ask(t, trust, peer, head)
					want := seen{peer, "http", "internal:8000", "127.0.0.1:8000", ""}
					if peer == "" || peer == "@" {
						want.remote, want.local = Unix, "/run/wizgy.sock"
					}
					if err != nil || got != want {
						t.Errorf("%q\n got %+v, %v\nwant %+v", head, got, err, want)
					}
				}
			})
		}
	}
}

func TestTrustedPeers(t *testing.T) {
	t.Parallel()
	for peer, trust := range map[string]string{
		"@": Unix, "": Unix, "127.0.0.1:1": "127.0.0.1", "[::1]:1": "::1", "[::ffff:10.2.3.4]:1": "10.0.0.0/8",
		"10.2.3.4:1": "10.9.9.9/8", "[fe80::1%eth0]:1": "fe80::/10", "[2001:db8::1]:1": "[2001:db8::1]", "1.2.3.4:5": "0.0.0.0/0",
	} {
		got, err := ask(t, []string{trust}, peer, "X-Forwarded-For: 203.0.113.9\nX-Forwarded-Proto: https")
		if err != nil || (trust != "0.0.0.0/0" && got.remote != "203.0.113.9") || got.scheme != "https" {
			t.Errorf("%s of %s: %+v, %v", peer, trust, got, err)
		}
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"X-Forwarded-For: <script>", "X-Forwarded-For: 192.0.2.300", "X-Forwarded-For: 192.0.2.1:0", "X-Forwarded-For: 192.0.2.1:x",
		"X-Forwarded-For: 192.0.2.1:65536", "X-Forwarded-For: [192.0.2.1]", "X-Forwarded-For: [2001:db8::1", "X-Forwarded-For: 2001:db8::1]",
		"X-Forwarded-For: fe80::1%eth0", "X-Forwarded-For: localhost", "X-Forwarded-For: _", "X-Forwarded-For: 192.0.2.1, x, 10.0.0.1",
		"X-Forwarded-Proto: ftp", "X-Forwarded-Proto: https:", "X-Forwarded-Proto: on",
		"X-Forwarded-Host: a b", "X-Forwarded-Host: a/b", "X-Forwarded-Host: user@a", "X-Forwarded-Host: a:b", "X-Forwarded-Host: a:",
		"X-Forwarded-Host: a:1:2", "X-Forwarded-Host: [::1", "X-Forwarded-Host: [::1]x", "X-Forwarded-Host: [a]", "X-Forwarded-Host: :80", "X-Forwarded-Host: é",
		"X-Forwarded-Host: a\\b", "X-Forwarded-Host: a?b", "X-Forwarded-Host: a#b", "X-Forwarded-Host: \"a\"",
		"X-Forwarded-Port: 0", "X-Forwarded-Port: 65536", "X-Forwarded-Port: -1", "X-Forwarded-Port: x", "X-Forwarded-Port: +80",
		"X-Forwarded-Prefix: app", "X-Forwarded-Prefix: //evil.example", "X-Forwarded-Prefix: /a b", "X-Forwarded-Prefix: https://evil.example",
		"X-Forwarded-Prefix: /a?b", `X-Forwarded-Prefix: /\evil.example`,
		"Forwarded: for", "Forwarded: for=", "Forwarded: =x", "Forwarded: for =x", "Forwarded: for= x", "Forwarded: for=\"192.0.2.1", "Forwarded: for=\"192.0.2.1\\",
		"Forwarded: for=192.0.2.1 proto=https", "Forwarded: for=192.0.2.1;for=192.0.2.2", "Forwarded: for=192.0.2.1/8", "Forwarded: for=\"192.0.2.1\"x",
		"Forwarded: for=\"x, for=192.0.2.1", "Forwarded: for=hidden", "Forwarded: proto=gopher", "Forwarded: host=\"a b\"", "Forwarded: host=\"\\\"\"",
		"Forwarded: for=192.0.2.1\nX-Forwarded-For: 192.0.2.2", "Forwarded: proto=https\nX-Forwarded-Proto: http", "Forwarded: host=a\nX-Forwarded-Host: b",
	} {
		got, err := ask(t, proxies, "127.0.0.1:4000", head)
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%s: %+v, %v, want it refused", head, got, err)
		}
	}
}

func TestSchemeOfTheConnection(t *testing.T) {
	t.Parallel()
	list, err := Parse([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	for scheme, secure := range map[string]bool{"": true, "https": true, "http": false} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.TLS = "127.0.0.1:1", &tls.ConnectionState{ServerName: "own"}
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		if scheme != "" {
			r.Header.Set("X-Forwarded-Proto", scheme)
		}
		next, _, err := list.Apply(r)
		if err != nil || (next.TLS != nil) != secure || secure && next.TLS.ServerName != "own" {
			t.Errorf("over TLS, with the scheme %q: %+v, %v", scheme, next.TLS, err)
		}
	}
}

func TestListOfProxies(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{"", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "*", "Unix", "fe80::1%eth0", "::ffff:10.0.0.0/104", "127.0.0.1:80", "10.0.0.1 "} {
		if _, err := Parse([]string{"127.0.0.1", entry}); err == nil || !strings.Contains(err.Error(), "such as 127.0.0.1") {
			t.Errorf("%q: %v, want an error that says how", entry, err)
		}
	}
}

// FuzzApply states: whatever a trusted proxy sends, what comes out is an address, a host and a prefix
// that can be written into a header or a log, or the request is refused.
func FuzzApply(f *testing.F) {
	f.Add("for=192.0.2.1;proto=https;host=\"a:1\", for=\"[::1]:2\"", "192.0.2.1, [::1]:2", "a:1", "/x")
	f.Add("for=\"\\", "unknown:_x", "[::1]", "//")
	list, err := Parse(proxies)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, forwarded, client, host, prefix string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "127.0.0.1:1"
		r.Header = http.Header{"Forwarded": {forwarded}, "X-Forwarded-For": {client}, "X-Forwarded-Host": {host}, "X-Forwarded-Prefix": {prefix}}
		next, before, err := list.Apply(r)
		if err != nil {
			return
		}
		for _, s := range []string{next.RemoteAddr, next.Host, before} {
			if strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '\\' }) {
				t.Errorf("%q, %q, %q, %q: %q", forwarded, client, host, prefix, s)
			}
		}
	})
}
