// Package frames watches the frames of an HTTP/2 connection go by: RFC 9113, 4.1. It sees what the
// server behind it does not look at: a frame, or the head of a request, that does not come to its end,
// and frames that bring nothing and come without end. It does not look into heads or bodies.
package frames
