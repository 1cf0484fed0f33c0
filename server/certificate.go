package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"wizgy/server/writers"
)

// certificate is the certificate of the site, which is read again when its files change. Their
// folders are not watched: names such as those of certbot and Kubernetes lead through links from
// one folder to another, and looking at two names once a second follows them wherever they lead.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	keep              Keep // nil: nothing outlives the process
	writers           *writers.Writers
	current           atomic.Pointer[keyPair]

	mu      sync.Mutex
	seen    stamps // of the files that have been dealt with
	failed  stamps // of those that could not be used a moment ago: they may be half written
	expired bool   // and the log has it
}

// stamps are those of the certificate and of the key; zero for one that is not there.
type stamps [2]stamp

const certificateInterval = time.Second

// newCertificate reads the files. It returns nil if there are no names of files.
func newCertificate(config *Config, log *slog.Logger) (*certificate, error) {
	if config.TLSCert == "" && config.TLSKey == "" {
		return nil, nil
	}
	c := &certificate{certFile: config.TLSCert, keyFile: config.TLSKey, log: log, keep: config.TLSKeep, writers: &writers.Writers{}}
	now, settled := c.stamps()
	pair, err := loadKeyPair(c.certFile, c.keyFile)
	if err != nil {
		before := c.pairBefore()
		if before != nil && (pair == nil || time.Now().Before(before.until())) {
			c.current.Store(before)
			c.seen = stamps{{size: -1}} // not these, nor none: look will say what is wrong
			return c, nil
		}
	}
	if pair == nil || err != nil && !config.TLSMayBeExpired {
		return nil, err
	}
	if settled {
		c.seen = now
	}
	c.use(pair)
	return c, nil
}

// use makes a pair the one that connections get.
func (c *certificate) use(p *keyPair) {
	c.current.Store(p)
	c.keepPair(p)
}

// config is what connections use.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,                       // RFC 8996 retires what came before
		NextProtos: []string{"h2", "http/1.1", "http/1.0"}, // who offers only the last is refused otherwise
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return &c.current.Load().Certificate, nil
		},
	}
}

// watch looks at the files until ctx ends.
func (c *certificate) watch(ctx context.Context) {
	ticker := time.NewTicker(certificateInterval)
	defer ticker.Stop()
	for {
		c.look()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look takes a new pair, if there is one that can be used. One that cannot is reported when it
// has not changed any more since the last look.
func (c *certificate) look() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reportExpiry()
	now, settled := c.stamps()
	if now == c.seen || c.writers.Busy(c.certFile) || c.writers.Busy(c.keyFile) {
		return
	}
	pair, err := loadKeyPair(c.certFile, c.keyFile)
	last := c.current.Load()
	switch {
	case pair != nil && pair.same(last):
	case err == nil:
		c.use(pair)
		c.expired = false
		c.log.Info("the certificate has been read again", pair.about()...)
	case now != c.failed:
		c.failed = now
		return
	default:
		c.log.Error("the new certificate cannot be used, and the last one still is: "+err.Error(), last.about()...)
		settled = true // or it is said again
	}
	if settled {
		c.seen = now
	}
}

// reportExpiry says once that visitors see a warning, and nothing else, by now.
func (c *certificate) reportExpiry() {
	pair := c.current.Load()
	if !c.expired && time.Now().After(pair.until()) {
		c.expired = true
		c.log.Error("the certificate has expired, and browsers refuse it: renew it; there is no need to restart", pair.about()...)
	}
}

// stamps looks at the files. They are settled when nobody can write to them without leaving
// others.
func (c *certificate) stamps() (s stamps, settled bool) {
	settled = true
	for i, name := range []string{c.certFile, c.keyFile} {
		now := time.Now()
		if info, err := os.Stat(name); err == nil {
			s[i] = stampOf(info)
			settled = settled && s[i].settled(now)
		}
	}
	return s, settled
}
