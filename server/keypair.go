package server

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// CheckTLS looks whether a server could use these files as [Config.TLSCert] and [Config.TLSKey].
// It returns nil if both are empty; an error says which file is wrong, in what way, and what can
// be done about it.
func CheckTLS(certFile, keyFile string) error {
	if certFile == "" && keyFile == "" {
		return nil
	}
	_, err := loadKeyPair(certFile, keyFile)
	return err
}

// keyPair is a certificate with its private key, and the text of both files.
type keyPair struct {
	tls.Certificate
	cert, key []byte
}

// same reports whether both were read from the same text.
func (p *keyPair) same(q *keyPair) bool {
	return bytes.Equal(p.cert, q.cert) && bytes.Equal(p.key, q.key)
}

func (p *keyPair) until() time.Time { return p.Leaf.NotAfter }

// about describes the pair for the log.
func (p *keyPair) about() []any {
	var names []string
	names = append(names, p.Leaf.DNSNames...)
	for _, ip := range p.Leaf.IPAddresses {
		names = append(names, ip.String())
	}
	return []any{"names", strings.Join(names, " "), "until", day(p.until())}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// loadKeyPair reads a certificate, with those that lead to its root behind it, and its key. One
// that has expired is returned with an error.
func loadKeyPair(certFile, keyFile string) (*keyPair, error) {
	p, err := readKeyPair(certFile, keyFile)
	if err == nil && time.Now().After(p.until()) {
		err = fmt.Errorf("tls-cert %s: the certificate has expired on %s: renew it, or name another one", certFile, day(p.until()))
	}
	return p, err
}

func readKeyPair(certFile, keyFile string) (*keyPair, error) {
	switch {
	case keyFile == "":
		return nil, fmt.Errorf("tls-cert %s: tls-key is missing: name the file that has the private key of this certificate", certFile)
	case certFile == "":
		return nil, fmt.Errorf("tls-key %s: tls-cert is missing: name the file that has the certificate of this key", keyFile)
	}
	cert, err := readPEM("tls-cert", certFile, "a certificate")
	if err != nil {
		return nil, err
	}
	key, err := readPEM("tls-key", keyFile, "a private key")
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("tls-cert %s and tls-key %s do not go together (%w): take both from the same request or renewal, and put the certificate of the site before those of the authorities", certFile, keyFile, err)
	}
	return &keyPair{Certificate: pair, cert: cert, key: key}, nil
}

// maxPEM is how large a file with a key or certificates may be.
const maxPEM = 1 << 20

// readPEM reads a file that must hold what, "a certificate" or "a private key".
func readPEM(option, name, what string) ([]byte, error) {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%s %s: "+format, append([]any{option, name}, args...)...)
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong("there is no such file: name the one that has %s in PEM form (%w)", what, fs.ErrNotExist)
	case err == nil && !info.Mode().IsRegular():
		return nil, wrong("this is no file: name the one that has %s in PEM form", what)
	case err == nil && info.Size() > maxPEM:
		return nil, wrong("this is larger than 1 MiB: name the file that has %s in PEM form", what)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, wrong("cannot be read (%w): let the user that wizgy runs as read it", reasonOf(err))
	}
	kinds := pemKinds(text)
	switch {
	case kinds[what]:
		return text, nil
	case kinds["an encrypted key"]:
		return nil, wrong("the key has a passphrase, which nobody is there to type: take it off with openssl pkey -in FILE -out NEWFILE")
	case kinds["a certificate"] || kinds["a private key"]:
		return nil, wrong("there is not %s in it: have tls-cert and tls-key been exchanged?", what)
	}
	return nil, wrong("there is not %s in PEM form in it, which begins with -----BEGIN", what)
}

// pemKinds tells what is in a file.
func pemKinds(text []byte) map[string]bool {
	kinds := map[string]bool{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			kinds["an encrypted key"] = true
		case block.Type == "CERTIFICATE":
			kinds["a certificate"] = true
		case block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY"):
			kinds["a private key"] = true
		}
	}
	return kinds
}

// reasonOf leaves out the operation and the name of the file, which are said already.
func reasonOf(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
