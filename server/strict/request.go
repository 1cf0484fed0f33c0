package strict

import (
	"net/http"
	"net/url"
)

// Limits are how large a head may be. None of them is zero.
type Limits struct {
	URI    int // octets of the request target
	Bytes  int // octets of all fields
	Fields int // lines
}

// Request refuses a request that a library has read, by what it has left of it. A request that
// somebody has made up, without a RequestURI, passes as far as its target goes.
func Request(r *http.Request, l Limits) *Error {
	if err := CheckMethod(r.Method); err != nil {
		return err
	}
	if err := checkTarget(r, l.URI); err != nil {
		return err
	}
	if err := checkHost(r); err != nil {
		return err
	}
	if err := checkFields(r.Header, l); err != nil {
		return err
	}
	if err := checkLength(r); err != nil {
		return err
	}
	for _, list := range r.Header["Expect"] {
		if err := CheckExpect(list); err != nil {
			return err
		}
	}
	return nil
}

// checkTarget allows HTTP/2 no absolute form: RFC 9113, 8.3.1.
func checkTarget(r *http.Request, limit int) *Error {
	if r.RequestURI == "" {
		return nil
	}
	var u url.URL
	if err := ParseTarget(&u, r.Method, r.RequestURI, limit); err != nil {
		return err
	}
	if r.ProtoMajor >= 2 && u.Scheme != "" {
		return ErrTarget
	}
	return nil
}

// checkHost wants HTTP/2 to name a host, in :authority or in Host, and if in both, the same:
// RFC 9113, 8.3.1. HTTP/1.0 need not name one, and HTTP/1.1 has been asked for it before.
func checkHost(r *http.Request) *Error {
	hosts := r.Header["Host"] // net/http leaves it there in HTTP/2
	switch {
	case r.Host == "" && r.ProtoMajor >= 2:
		return ErrNoHost
	case r.Host != "" && !IsHostPort(r.Host):
		return ErrHost
	case len(hosts) > 1:
		return ErrManyHosts
	case len(hosts) == 1 && hosts[0] != r.Host:
		return errOtherHost
	}
	return nil
}

// checkFields counts fields and octets as HTTP/1.1 writes them, with Host, and wants values that
// do not begin or end with space: RFC 9113, 8.2.1. Libraries look for control characters themselves.
func checkFields(h http.Header, l Limits) *Error {
	const colonAndEnd = len(": \r\n")
	fields, size := 1, 0
	for name, values := range h {
		fields += len(values)
		for _, value := range values {
			size += len(name) + len(value) + colonAndEnd
			if len(TrimOWS(value)) < len(value) {
				return errFieldSpace
			}
		}
	}
	switch {
	case fields > l.Fields:
		return ErrManyFields
	case size > l.Bytes:
		return ErrHeadLong
	}
	return nil
}

// checkLength allows one Content-Length, which a request without a body does not contradict:
// RFC 9113, 8.1.1. The length of a body that is there is counted as it comes.
func checkLength(r *http.Request) *Error {
	lengths := r.Header["Content-Length"]
	if len(lengths) == 0 {
		return nil
	}
	if len(lengths) > 1 {
		return ErrManyLengths
	}
	n, err := ParseLength(lengths[0])
	if err == nil && n != r.ContentLength && r.ProtoMajor >= 2 {
		err = errLengthUnlike
	}
	return err
}
