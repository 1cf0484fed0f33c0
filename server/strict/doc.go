// Package strict says what the head of an HTTP request must be like before anybody acts on it,
// whichever version of HTTP has brought it. Server/http1 refuses by it what it reads, and [Request]
// looks at what a library has read that lets more through: net/http's HTTP/1.1 and HTTP/2.
package strict
