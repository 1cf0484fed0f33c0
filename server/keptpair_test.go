package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// memory is a Keep.
type memory struct{ text []byte }

func (m *memory) Load() ([]byte, error) { return m.text, nil }

func (m *memory) Update(next func([]byte) []byte) error {
	m.text = next(m.text)
	return nil
}

// The process before has served with a pair that is not there any more in one way or another.
func TestPairOfTheProcessBeforeServesUntilAGoodOneComes(t *testing.T) {
	t.Parallel()
	far := time.Now().Add(24 * time.Hour)
	for _, tt := range []struct {
		name, says string
		spoil      func(t *testing.T, dir, cert, key string)
	}{
		{"no key", "there is no such file", func(t *testing.T, _, _, key string) { must(t, os.Remove(key)) }},
		{"no certificate", "there is no such file", func(t *testing.T, _, cert, _ string) { must(t, os.Remove(cert)) }},
		{"no folder", "there is no such file", func(t *testing.T, dir, _, _ string) { must(t, os.RemoveAll(dir)) }},
		{"an empty key", "not a private key", func(t *testing.T, _, _, key string) { write(t, key, "") }},
		{"half a key", "not a private key", func(t *testing.T, _, _, key string) { must(t, os.Truncate(key, 60)) }},
		{"half a certificate", "not a certificate", func(t *testing.T, _, cert, _ string) { must(t, os.Truncate(cert, 100)) }},
		{"garbage", "not a certificate", func(t *testing.T, _, cert, _ string) { write(t, cert, "oops") }},
		{"a folder", "no file", func(t *testing.T, _, cert, _ string) { must(t, os.Remove(cert)); must(t, os.Mkdir(cert, 0o755)) }},
		{"another key", "do not go together", func(t *testing.T, _, _, key string) {
			_, other := newPair(t, t.TempDir(), "other", far)
			must(t, os.Rename(other, key))
		}},
		{"an expired pair", "has expired", func(t *testing.T, dir, _, _ string) { newPair(t, dir, "expired", time.Now().Add(-time.Hour)) }},
		{"no right to read", "cannot be read", func(t *testing.T, _, _, key string) {
			if os.Getuid() == 0 {
				t.Skip("root may read everything")
			}
			must(t, os.Chmod(key, 0))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, keep, logs := filepath.Join(t.TempDir(), "tls"), &memory{}, &logBuffer{}
			must(t, os.Mkdir(dir, 0o755))
			certFile, keyFile := newPair(t, dir, "good", far)
			config := &Config{TLSCert: certFile, TLSKey: keyFile, TLSKeep: keep, TLSMayBeExpired: true}
			_, err := newCertificate(config, quiet)
			must(t, err)
			tt.spoil(t, dir, certFile, keyFile)
			for range 2 { // and the process after the next
				c, err := newCertificate(config, NewLogger(logs, "text"))
				must(t, err)
				if name := c.current.Load().Leaf.Subject.CommonName; name != "good" {
					t.Fatalf("the certificate is %s", name)
				}
				eventually(t, "it is said", func() bool { c.look(); return len(logs.lines("cannot be used, and the last one still is")) > 0 })
				if !strings.Contains(logs.String(), tt.says) {
					t.Errorf("the log does not say %q:\n%s", tt.says, logs)
				}
			}
			must(t, os.RemoveAll(dir))
			must(t, os.Mkdir(dir, 0o755))
			newPair(t, dir, "new", far)
			c, err := newCertificate(config, quiet)
			must(t, err)
			if name := c.current.Load().Leaf.Subject.CommonName; name != "new" {
				t.Errorf("the certificate is %s when there is a good one", name)
			}
		})
	}
}

// What is kept is of two files, and of no others.
func TestPairOfOtherFilesIsNotUsed(t *testing.T) {
	t.Parallel()
	keep := &memory{}
	certFile, keyFile := newPair(t, t.TempDir(), "one", time.Now().Add(time.Hour))
	_, err := newCertificate(&Config{TLSCert: certFile, TLSKey: keyFile, TLSKeep: keep}, quiet)
	must(t, err)
	if _, err = newCertificate(&Config{TLSCert: certFile + ".other", TLSKey: keyFile, TLSKeep: keep}, quiet); err == nil {
		t.Error("the pair of other files is used")
	}
	keep.text = keep.text[:len(keep.text)/2]
	must(t, os.Remove(keyFile))
	if _, err = newCertificate(&Config{TLSCert: certFile, TLSKey: keyFile, TLSKeep: keep}, quiet); err == nil {
		t.Error("half of what was kept is used")
	}
}
