package server

import (
	"crypto/tls"
	"encoding/json"
	"log/slog"
)

// A Keep is a place that outlives the process.
type Keep interface {
	// Load returns what is kept, or nothing.
	Load() ([]byte, error)

	// Update replaces what is kept by what next makes of it.
	Update(next func(kept []byte) []byte) error
}

// keptPair is the pair of two files that could be used last.
type keptPair struct {
	CertFile, KeyFile string
	Cert, Key         []byte
}

// keepPair leaves a pair to the next process.
func (c *certificate) keepPair(p *keyPair) {
	if c.keep == nil {
		return
	}
	text, err := json.Marshal(keptPair{c.certFile, c.keyFile, p.cert, p.key})
	if err == nil {
		err = c.keep.Update(func([]byte) []byte { return text })
	}
	if err != nil {
		c.log.Warn("the files of the certificate must be in order when the worker is replaced, for the pair cannot be kept", slog.Any("error", err))
	}
}

// pairBefore returns the pair that the process before this one has left, or nil.
func (c *certificate) pairBefore() *keyPair {
	if c.keep == nil {
		return nil
	}
	text, _ := c.keep.Load()
	var kept keptPair
	if json.Unmarshal(text, &kept) != nil || kept.CertFile != c.certFile || kept.KeyFile != c.keyFile {
		return nil
	}
	pair, err := tls.X509KeyPair(kept.Cert, kept.Key)
	if err != nil {
		return nil
	}
	return &keyPair{Certificate: pair, cert: kept.Cert, key: kept.Key}
}
