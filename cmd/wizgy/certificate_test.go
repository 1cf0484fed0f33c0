package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// certificate writes a certificate and its key.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 || len(args) == 2 && args[1] != "-expired" {
		ts.Fatalf("usage: certificate NAME [-expired]")
	}
	cert, key, err := selfSigned(args[0], len(args) == 2)
	ts.Check(err)
	write(ts, args[0]+".pem", cert)
	write(ts, args[0]+".key", key)
}

// selfSigned makes a certificate for this machine and its key, as files have them.
func selfSigned(name string, expired bool) (cert, private []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	if expired {
		template.NotAfter = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		template.NotBefore = template.NotAfter.Add(-time.Hour)
	}
	if cert, err = x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key); err != nil {
		return nil, nil, err
	}
	if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), nil
}

// served waits until new connections get a certificate.
func served(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: served NAME")
	}
	name := ""
	if !poll(func() bool {
		conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", ts.Getenv("ADDR"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return false
		}
		defer conn.Close()
		name = conn.ConnectionState().PeerCertificates[0].Subject.CommonName
		return name == args[0]
	}) {
		ts.Fatalf("the server still has the certificate %q", name)
	}
}
