package server

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// An [os.Root] follows no link that is absolute or that passes through a folder outside, wherever
// it leads in the end. People make absolute links: ln -s /srv/site/html/v2 current. So what it
// refuses is looked up by its path, to find out what the links lead to, and if that is inside, the
// root opens it by its own name. The path is for finding only: if a link is changed in between, the
// root is still the one who opens, and nothing outside is ever opened.

// open opens a file or a folder for reading, without waiting for the other end of a FIFO.
func (o *openFolder) open(name string) (*os.File, error) {
	const flags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY
	file, err := o.OpenFile(name, flags, 0)
	if inside, ok := o.behindLinks(name, err); ok {
		return o.OpenFile(inside, flags, 0)
	}
	return file, err
}

// stat describes what name leads to.
func (o *openFolder) stat(name string) (fs.FileInfo, error) {
	info, err := o.Stat(name)
	if inside, ok := o.behindLinks(name, err); ok {
		return o.Stat(inside)
	}
	return info, err
}

// openRoot opens the folder that name leads to.
func (o *openFolder) openRoot(name string) (*os.Root, error) {
	root, err := o.OpenRoot(name)
	if inside, ok := o.behindLinks(name, err); ok {
		return o.OpenRoot(inside)
	}
	return root, err
}

// behindLinks returns the name of what name leads to, without links, if the root has refused it
// with err for leading out, and it is inside.
func (o *openFolder) behindLinks(name string, err error) (inside string, ok bool) {
	if _, isErrno := errors.AsType[syscall.Errno](err); err == nil || isErrno {
		return "", false
	}
	base, err := filepath.EvalSymlinks(o.path)
	if err != nil {
		return "", false
	}
	to, err := filepath.EvalSymlinks(filepath.Join(base, filepath.FromSlash(name)))
	if err != nil {
		return "", false
	}
	inside, err = filepath.Rel(base, to)
	return inside, err == nil && filepath.IsLocal(inside)
}
