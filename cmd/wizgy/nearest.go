package main

// otherNames are what other servers call an option.
var otherNames = map[string]string{
	"port": "addr", "listen": "addr", "bind": "addr", "address": "addr", "socket": "addr", "unix": "addr",
	"proxy": "trust-proxy", "proxies": "trust-proxy", "forwarded": "trust-proxy", "real-ip": "trust-proxy", "forwarded-allow-ips": "trust-proxy",
	"mode": "socket-mode", "umask": "socket-mode", "chmod": "socket-mode", "permissions": "socket-mode",
	"cert": "tls-cert", "certificate": "tls-cert", "certfile": "tls-cert", "ssl-cert": "tls-cert",
	"key": "tls-key", "keyfile": "tls-key", "ssl-key": "tls-key", "autoindex": "browse", "try-files": "spa",
}

// nearestOption returns the option that a name was most likely meant to be.
func nearestOption(name string, names []string) string {
	if option, ok := otherNames[name]; ok {
		return option
	}
	return nearest(name, names)
}

// nearest returns the name that word was most likely meant to be; names is not empty.
func nearest(word string, names []string) string {
	best, least := names[0], len(word)+len(names[0])+1
	for _, name := range names {
		if d := distance(word, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters have to be added, removed, replaced, or exchanged with their
// neighbour, to make b of a.
func distance(a, b string) int {
	before, last, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}
