package server

import "strings"

// minEncoded is the smallest body that is worth compressing: less fits into one packet anyway.
const minEncoded = 1 << 10

// compressible reports whether a media type is of text, or of something as repetitive.
func compressible(contentType string) bool {
	if strings.HasPrefix(contentType, "text/") {
		return true
	}
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") ||
		compressibleTypes[kind]
}

var compressibleTypes = map[string]bool{
	"application/javascript":        true,
	"application/json":              true,
	"application/json5":             true,
	"application/jsonl":             true,
	"application/rtf":               true,
	"application/toml":              true,
	"application/vnd.apple.mpegurl": true,
	"application/vnd.ms-fontobject": true,
	"application/wasm":              true,
	"application/x-javascript":      true,
	"application/x-ndjson":          true,
	"application/x-subrip":          true,
	"application/x-tar":             true,
	"application/xml":               true,
	"application/yaml":              true,
	"font/collection":               true,
	"font/otf":                      true,
	"font/ttf":                      true,
	"image/bmp":                     true,
	"image/x-icon":                  true,
	"model/stl":                     true,
}

// packed reports whether a media type is of something compressed, so that nobody compresses it
// once more.
func packed(contentType string) bool {
	if compressible(contentType) {
		return false
	}
	for _, prefix := range []string{"image/", "video/", "audio/", "font/", "application/gzip", "application/zstd", "application/zip"} {
		if strings.HasPrefix(contentType, prefix) {
			return true
		}
	}
	return false
}
