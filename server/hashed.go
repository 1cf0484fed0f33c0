package server

import (
	"path"
	"strings"
)

// immutable is for files that never change under their name: RFC 8246.
var immutable = []string{"public, max-age=31536000, immutable"}

// hashedTypes are the ends of names that build tools put a hash before. A document that people
// name themselves is never taken for immutable, whatever it is called.
var hashedTypes = map[string]bool{
	".js": true, ".mjs": true, ".css": true, ".map": true, ".wasm": true, ".json": true,
	".svg": true, ".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".avif": true, ".ico": true,
	".woff": true, ".woff2": true, ".ttf": true, ".otf": true, ".eot": true,
	".mp3": true, ".mp4": true, ".webm": true, ".ogg": true,
}

// isHashed reports whether a file's name has a hash of its content: after the last dot, dash or
// underscore before the extension
//
//   - 8 or more hexadecimal digits of one case (webpack, Parcel, Next.js, Rails, Django, Hugo);
//   - or exactly 8 letters and digits (Rollup and Vite, esbuild, Bun).
//
// In either, letters and digits change at least twice, from letter to digit or back. So a date
// (20240101), a word (deadbeef) and a word with a number (cafe2024) are none, and neither is
// one real hash in about ten, for which nothing is promised then. The other mistake would stay
// in browsers for a year.
func isHashed(name string) bool {
	name = path.Base(name)
	ext := path.Ext(name)
	if !hashedTypes[ext] {
		return false
	}
	stem := strings.TrimSuffix(name, ext)
	if ext == ".map" { // app.3f9a2c1b.js.map
		stem = strings.TrimSuffix(stem, path.Ext(stem))
	}
	stem = strings.TrimSuffix(stem, ".min")
	at := strings.LastIndexAny(stem, ".-_")
	return at > 0 && looksRandom(stem[at+1:])
}

func looksRandom(s string) bool {
	if len(s) < 8 {
		return false
	}
	const lowerHex, upperHex = "0123456789abcdef", "0123456789ABCDEF"
	changes, lower, upper := 0, true, true
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') {
			return false
		}
		lower = lower && strings.IndexByte(lowerHex, c) >= 0
		upper = upper && strings.IndexByte(upperHex, c) >= 0
		if i > 0 && letter == (s[i-1] <= '9') {
			changes++
		}
	}
	return changes >= 2 && (lower || upper || len(s) == 8)
}
