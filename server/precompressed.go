package server

import "os"

// neighbours are the precompressed files beside a file: app.js.br beside app.js.
type neighbours [codings]found

// neighbours opens the precompressed files of f that can be used. One that is older than f was
// forgotten by whoever changed f, and one that is empty, or is being written, is not complete yet.
func (l loader) neighbours(o *openFolder, f found) neighbours {
	var near neighbours
	if !l.encode || packed(contentType(f.name)) {
		return near
	}
	for _, c := range fileCodings {
		n, err := o.file(f.name + "." + codingSuffixes[c])
		if err != nil {
			continue
		}
		if n.info.ModTime().Before(f.info.ModTime()) || n.info.Size() == 0 || l.beingWritten(n.file) {
			_ = n.file.Close()
			continue
		}
		near[c] = n
	}
	return near
}

// beingWritten reports whether somebody has a file open for writing, as far as that can be known.
func (l loader) beingWritten(file *os.File) bool {
	busy, release := l.writers.Hold(file)
	release()
	return busy
}

// same reports whether v was made with these neighbours.
func (near *neighbours) same(v *version) bool {
	for _, c := range fileCodings {
		rep := v.encoded[c].Load()
		had := rep != nil && rep.name != ""
		if had != (near[c].file != nil) || had && rep.stamp != stampOf(near[c].info) {
			return false
		}
	}
	return true
}

func (near *neighbours) close() {
	for _, n := range near {
		if n.file != nil {
			_ = n.file.Close()
		}
	}
}
