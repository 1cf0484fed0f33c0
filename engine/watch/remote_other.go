//go:build !linux

package watch

// remoteKind knows nothing here.
func remoteKind(string) string { return "" }
