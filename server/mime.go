package server

import (
	"path"
	"strings"
)

// typeUnknown makes a browser save the file instead of guessing what it is.
const typeUnknown = "application/octet-stream"

// contentTypes is the whole truth: the machine's own table is not asked, so a site is served
// alike everywhere. JSON has no charset parameter (RFC 8259, 11), and XML says its own.
var contentTypes = map[string]string{
	// text
	".html":        "text/html; charset=utf-8",
	".htm":         "text/html; charset=utf-8",
	".xhtml":       "application/xhtml+xml",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8", // RFC 9239
	".mjs":         "text/javascript; charset=utf-8",
	".cjs":         "text/javascript; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".text":        "text/plain; charset=utf-8",
	".log":         "text/plain; charset=utf-8",
	".md":          "text/markdown; charset=utf-8", // RFC 7763
	".markdown":    "text/markdown; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".tsv":         "text/tab-separated-values; charset=utf-8",
	".ics":         "text/calendar; charset=utf-8",
	".vcf":         "text/vcard; charset=utf-8",
	".vtt":         "text/vtt; charset=utf-8",
	".srt":         "application/x-subrip; charset=utf-8",
	".yaml":        "application/yaml", // RFC 9512
	".yml":         "application/yaml",
	".toml":        "application/toml",
	".sh":          "text/plain; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".json5":       "application/json5",
	".jsonl":       "application/jsonl",
	".ndjson":      "application/x-ndjson",
	".jsonld":      "application/ld+json",
	".geojson":     "application/geo+json",
	".topojson":    "application/json",
	".webmanifest": "application/manifest+json",
	".xml":         "application/xml",
	".xsl":         "application/xslt+xml",
	".xslt":        "application/xslt+xml",
	".rss":         "application/rss+xml",
	".atom":        "application/atom+xml",
	".gpx":         "application/gpx+xml",
	".kml":         "application/vnd.google-earth.kml+xml",
	".kmz":         "application/vnd.google-earth.kmz",
	".ipynb":       "application/x-ipynb+json",

	// pictures
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".apng": "image/apng",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".gif":  "image/gif",
	".webp": "image/webp",
	".avif": "image/avif",
	".jxl":  "image/jxl",
	".heic": "image/heic",
	".heif": "image/heif",
	".bmp":  "image/bmp",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".ico":  "image/x-icon",
	".cur":  "image/x-icon",

	// sound and film
	".mp3":  "audio/mpeg",
	".m4a":  "audio/mp4",
	".m4b":  "audio/mp4",
	".aac":  "audio/aac",
	".ogg":  "audio/ogg",
	".oga":  "audio/ogg",
	".opus": "audio/ogg",
	".flac": "audio/flac",
	".wav":  "audio/wav",
	".aif":  "audio/aiff",
	".aiff": "audio/aiff",
	".weba": "audio/webm",
	".mid":  "audio/midi",
	".midi": "audio/midi",
	".mp4":  "video/mp4",
	".m4v":  "video/mp4",
	".webm": "video/webm",
	".ogv":  "video/ogg",
	".mov":  "video/quicktime",
	".mpeg": "video/mpeg",
	".mpg":  "video/mpeg",
	".3gp":  "video/3gpp",
	".mkv":  "video/x-matroska",
	".avi":  "video/x-msvideo",
	".m3u8": "application/vnd.apple.mpegurl",
	".mpd":  "application/dash+xml",
	".m4s":  "video/iso.segment",
	".ts":   "video/mp2t",

	// fonts and models
	".woff":  "font/woff",
	".woff2": "font/woff2",
	".ttf":   "font/ttf",
	".otf":   "font/otf",
	".ttc":   "font/collection",
	".eot":   "application/vnd.ms-fontobject",
	".glb":   "model/gltf-binary",
	".gltf":  "model/gltf+json",
	".usdz":  "model/vnd.usdz+zip",
	".stl":   "model/stl",

	// programs, documents, archives
	".wasm": "application/wasm",
	".pdf":  "application/pdf",
	".rtf":  "application/rtf",
	".epub": "application/epub+zip",
	".doc":  "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".ppt":  "application/vnd.ms-powerpoint",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odp":  "application/vnd.oasis.opendocument.presentation",
	".odg":  "application/vnd.oasis.opendocument.graphics",
	".apk":  "application/vnd.android.package-archive",
	".zip":  "application/zip",
	".gz":   "application/gzip",
	".tgz":  "application/gzip",
	".bz2":  "application/x-bzip2",
	".xz":   "application/x-xz",
	".zst":  "application/zstd",
	".7z":   "application/x-7z-compressed",
	".rar":  "application/vnd.rar",
	".tar":  "application/x-tar",
}

// contentType returns the media type of a file by the end of its name, in either case.
func contentType(name string) string {
	ext := path.Ext(name)
	if t, ok := contentTypes[ext]; ok {
		return t
	}
	if t, ok := contentTypes[strings.ToLower(ext)]; ok {
		return t
	}
	return typeUnknown
}
