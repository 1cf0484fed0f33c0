package server

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestRangesOnTheWire(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.txt": "0123456789", "empty.txt": "", "a.bin": "0123456789"})})
	addr := serve(t, s)
	all := "0123456789"
	tests := []struct{ name, value, status, contentRange, body string }{
		{"first", "bytes=0-0", "206", "bytes 0-0/10", "0"},
		{"middle", "bytes=2-4", "206", "bytes 2-4/10", "234"},
		{"to the end", "bytes=7-", "206", "bytes 7-9/10", "789"},
		{"beyond the end", "bytes=7-99999999999999999999999", "206", "bytes 7-9/10", "789"},
		{"everything", "bytes=0-", "206", "bytes 0-9/10", all},
		{"suffix", "bytes=-3", "206", "bytes 7-9/10", "789"},
		{"long suffix", "bytes=-300", "206", "bytes 0-9/10", all},
		{"unit in capitals", "BYTES=2-4", "206", "bytes 2-4/10", "234"},
		{"empty items", "bytes= ,, 2-4 ,", "206", "bytes 2-4/10", "234"},
		{"overlapping", "bytes=0-4,3-6", "206", "bytes 0-6/10", "0123456"},
		{"touching", "bytes=5-6,0-4", "206", "bytes 0-6/10", "0123456"},
		{"one of two beyond", "bytes=20-,2-4", "206", "bytes 2-4/10", "234"},
		{"beyond", "bytes=10-", "416", "bytes */10", "invalid range: failed to overlap\n"},
		{"empty suffix", "bytes=-0", "416", "bytes */10", "invalid range: failed to overlap\n"},
		{"huge", "bytes=99999999999999999999-", "416", "bytes */10", "invalid range: failed to overlap\n"},
		{"all beyond", "bytes=10-,-0,20-30", "416", "bytes */10", "invalid range: failed to overlap\n"},
		{"reversed", "bytes=4-2", "200", "", all},
		{"reversed among others", "bytes=0-1,4-2", "200", "", all},
		{"another unit", "lines=2-4", "200", "", all},
		{"no unit", "2-4", "200", "", all},
		{"no set", "bytes=", "200", "", all},
		{"commas", "bytes=,,", "200", "", all},
		{"minus", "bytes=-", "200", "", all},
		{"two", "bytes=--2", "200", "", all},
		{"sign", "bytes=+1-2", "200", "", all},
		{"space", "bytes=1 -2", "200", "", all},
		{"hex", "bytes=0x1-2", "200", "", all},
		{"garbage", "bytes=a-b", "200", "", all},
		{"twice", "bytes=0-1\r\nRange: bytes=2-3", "200", "", all},
		{"thousands", "bytes=" + strings.Repeat("0-,", 5000), "200", "", all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := exchange(t, addr, "GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: "+tt.value+"\r\n\r\n")
			head, body, _ := strings.Cut(got, "\r\n\r\n")
			if !strings.HasPrefix(head, "HTTP/1.1 "+tt.status) || body != tt.body || field(head, "Content-Range") != tt.contentRange ||
				field(head, "Content-Length") != fmt.Sprint(len(tt.body)) {
				t.Errorf("%q, want %s with %q of %s", got, tt.status, tt.body, tt.contentRange)
			}
		})
	}
	for _, request := range []string{
		"HEAD /a.txt HTTP/1.1\r\nRange: bytes=2-4", "HEAD /a.txt HTTP/1.1\r\nRange: bytes=20-", "GET /empty.txt HTTP/1.1\r\nRange: bytes=0-",
	} {
		got := exchange(t, addr, request+"\r\nHost: x\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 200 ") || strings.Contains(got, "Content-Range") {
			t.Errorf("%s: %q, want 200", request, got)
		}
	}
}

// field returns the value of a field in a head that was read from the wire.
func field(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		if n, value, _ := strings.Cut(line, ": "); strings.EqualFold(n, name) {
			return value
		}
	}
	return ""
}

func TestSeveralRangesAreParts(t *testing.T) {
	content := strings.Repeat("0123456789", 300<<10)
	root := site(t, map[string]string{"small.txt": content[:5000], "large.bin": content})
	s, _ := newServer(t, Config{Root: root})
	addr := serve(t, s)
	for _, file := range []string{"small.txt", "large.bin"} {
		req, err := http.NewRequest("GET", "http://"+addr+"/"+file, nil)
		must(t, err)
		req.Header.Set("Range", "bytes=100-104, 3-7,-5")
		resp, err := http.DefaultClient.Do(req)
		must(t, err)
		defer resp.Body.Close()
		kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		must(t, err)
		body, err := io.ReadAll(resp.Body)
		must(t, err)
		if resp.StatusCode != 206 || kind != "multipart/byteranges" || resp.ContentLength != int64(len(body)) || resp.Header.Get("Content-Range") != "" {
			t.Fatalf("%s: %d %s, %d bytes of %d", file, resp.StatusCode, kind, len(body), resp.ContentLength)
		}
		parts := multipart.NewReader(strings.NewReader(string(body)), params["boundary"])
		size := map[string]int{"small.txt": 5000, "large.bin": len(content)}[file]
		for _, want := range []string{"bytes 100-104/%d=01234", "bytes 3-7/%d=34567", fmt.Sprintf("bytes %d-%d/%%d=56789", size-5, size-1)} {
			part, err := parts.NextPart()
			must(t, err)
			data, err := io.ReadAll(part)
			must(t, err)
			if got := part.Header.Get("Content-Range") + "=" + string(data); got != fmt.Sprintf(want, size) || part.Header.Get("Content-Type") != contentType(file) {
				t.Errorf("%s: part %q %v, want %q", file, got, part.Header, fmt.Sprintf(want, size))
			}
		}
		if _, err := parts.NextPart(); err != io.EOF {
			t.Errorf("%s: one more part (%v)", file, err)
		}
	}
}

func TestTooManyRangesAreEverything(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "%d-%d,", i*10, i*10+1)
	}
	if ranges, unsatisfiable := parseRange([]string{"bytes=" + b.String()}, 1<<20); ranges != nil || unsatisfiable {
		t.Errorf("%d ranges, want none", len(ranges))
	}
	if ranges, _ := parseRange([]string{"bytes=0-,5-8,2-,1-1"}, 100); !reflect.DeepEqual(ranges, []byteRange{{0, 100}}) {
		t.Errorf("overlapping ranges become %v, want everything once", ranges)
	}
}

// FuzzRange: what is sent for any Range is within the representation, never more than it with a
// framing that is bounded, and each byte that was asked for in a well-formed set is sent, or the
// whole, and no byte twice.
func FuzzRange(f *testing.F) {
	for _, seed := range []string{
		"bytes=0-0", "bytes=-0", "bytes=-5", "bytes=5-", "bytes=0-4,2-8, 20-30", "bytes=9-1", "lines=1-2", "bytes=1-2,,", "bytes= 3-4\t,-1",
		"bytes=18446744073709551616-", "bytes=0-9223372036854775807", "bytes=-9223372036854775808",
	} {
		f.Add(seed, int64(10))
		f.Add(seed, int64(0))
		f.Add(seed, int64(1<<40))
	}
	f.Fuzz(func(t *testing.T, value string, size int64) {
		if size < 0 {
			return
		}
		ranges, unsatisfiable := parseRange([]string{value}, size)
		if unsatisfiable && len(ranges) > 0 {
			t.Fatal("ranges that are unsatisfiable")
		}
		total := int64(0)
		for i, b := range ranges {
			if b.start < 0 || b.length <= 0 || b.start >= size || b.length > size-b.start {
				t.Fatalf("%v of %d bytes", b, size)
			}
			var first, last, of int64
			if n, err := fmt.Sscanf(b.contentRange(size), "bytes %d-%d/%d", &first, &last, &of); n != 3 || err != nil ||
				first != b.start || last != b.start+b.length-1 || of != size {
				t.Fatalf("Content-Range %q of %v", b.contentRange(size), b)
			}
			for _, other := range ranges[:i] {
				if b.start < other.start+other.length && other.start < b.start+b.length {
					t.Fatalf("%v and %v overlap", b, other)
				}
			}
			total += b.length
		}
		if total > size {
			t.Fatalf("%d bytes of %d", total, size)
		}
		if len(ranges) > 1 {
			m := newByteParts(ranges, typeUnknown, size)
			if m.length > 2*size+2*partsAllowance {
				t.Fatalf("%d bytes on the wire for a file of %d", m.length, size)
			}
		}
		if set, ok := strings.CutPrefix(value, "bytes="); ok && len(ranges) > 0 && !strings.Contains(set, ",") {
			var first, last int64
			if n, _ := fmt.Sscanf(set, "%d-%d", &first, &last); n == 2 && first >= 0 && first < size && strings.Trim(set, "0123456789-") == "" &&
				(ranges[0].start != first || ranges[0].length != min(last, size-1)-first+1) {
				t.Fatalf("%q of %d is %v", value, size, ranges)
			}
		}
	})
}
