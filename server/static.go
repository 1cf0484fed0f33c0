package server

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// allowStatic is what a file can be asked for: RFC 9110, 10.2.1.
const allowStatic = "GET, HEAD, OPTIONS"

// found is the answer of the document root to a path: an open file, or a redirect to a folder.
type found struct {
	name    string // of the file or the folder, relative to the document root
	folder  bool   // redirect to the slash; there is no file
	file    *os.File
	info    fs.FileInfo
	version *version // if it came from the cache, which leaves file nil where it needs none
	waits   bool     // version is the last one, until somebody has written the next to its end
}

func (f found) err() error {
	if !f.folder && f.version == nil {
		return fs.ErrNotExist
	}
	return nil
}

func (f found) close() {
	if f.file != nil {
		_ = f.file.Close()
	}
}

// static answers r with a file, if there is one for t, and reports whether there was. With an
// error nothing was written.
func (s *Server) static(w *recorder, r *http.Request, t target) (answered bool, err error) {
	f, err := s.pick(w, t, false)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { f.close() }()
	w.file = f.name
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		err := s.send(w, r, f)
		if err == errOutdated {
			f.close()
			if f, err = s.pick(w, t, true); err == nil {
				err = s.send(w, r, f)
			}
		}
		return err == nil, err
	}
	return s.notToBeRead(w, r, "a static file")
}

// notToBeRead answers r, whose method is neither GET nor HEAD, for what can only be read.
func (s *Server) notToBeRead(w *recorder, r *http.Request, what string) (answered bool, err error) {
	if r.Method == http.MethodOptions { // RFC 9110, 9.3.7
		w.Header().Set("Allow", allowStatic)
		w.WriteHeader(http.StatusNoContent)
		return true, nil
	}
	return false, &statusError{
		status: http.StatusMethodNotAllowed,
		msg:    what + " can be read but takes no " + visibleASCII(r.Method),
		allow:  allowStatic,
	}
}

// find looks t up in the document root. An error that is not fs.ErrNotExist is a [statusError].
func (s *Server) find(t target) (found, error) {
	if s.folder == nil || !t.public {
		return found{}, fs.ErrNotExist
	}
	root := s.folder.acquire()
	if root == nil {
		return found{}, fs.ErrNotExist
	}
	defer root.release()
	return find(t, root.file)
}

// lookup is find through the cache, for a request that came at now. again is for a caller who has
// found out that what the cache knows is wrong.
func (s *Server) lookup(t target, now time.Time, again bool) (found, error) {
	if s.cache == nil || !t.public {
		return found{}, fs.ErrNotExist
	}
	return s.cache.lookup(t, now, again)
}

// find returns the first file that answers t. The function opens a file, or fails with an error
// that wraps fs.ErrNotExist.
func find(t target, file func(name string) (found, error)) (found, error) {
	if t.slash || t.name == "" {
		return file(path.Join(t.name, "index.html"))
	}
	f, err := file(t.name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	isFolder := errors.Is(err, errFolder)
	if !strings.HasSuffix(t.name, ".html") {
		f, err = file(t.name + ".html")
	}
	if !isFolder || err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	// A folder without an index would only be a detour to a 404, and take the name from a page.
	f, err = file(t.name + "/index.html")
	if err != nil {
		return found{}, err
	}
	f.close()
	return found{name: t.name, folder: true}, nil
}

// errFolder and errSpecial are kinds of fs.ErrNotExist: there is no file to send.
var (
	errFolder  = &fs.PathError{Op: "open", Path: "folder", Err: fs.ErrNotExist}
	errSpecial = &fs.PathError{Op: "open", Path: "special file", Err: fs.ErrNotExist}
)

// file opens a regular file. Looking first and opening then would leave a gap in which a FIFO
// could take the file's place and block the request for ever, so it is opened without blocking
// and looked at afterwards.
func (o *openFolder) file(name string) (found, error) {
	file, err := o.open(name)
	if err != nil {
		return found{}, openError(err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = openError(err)
	case info.IsDir():
		err = errFolder
	case !info.Mode().IsRegular():
		err = errSpecial
	default:
		return found{name: name, file: file, info: info}, nil
	}
	_ = file.Close()
	return found{}, err
}

// openError maps an error of the file system to fs.ErrNotExist, which lets pages answer, or to a
// [statusError]. Links that lead out or in circles and names that are too long are no files.
func openError(err error) error {
	errno, isErrno := errors.AsType[syscall.Errno](err)
	switch {
	case !isErrno: // os.Root's own: the path escapes, too many links
		return fs.ErrNotExist
	case errno == syscall.EACCES || errno == syscall.EPERM:
		return &statusError{status: http.StatusForbidden, msg: "the server may not read the file", err: err}
	case exhausted(err):
		return &statusError{status: http.StatusServiceUnavailable, msg: "out of file descriptors or memory (see ulimit -n)", err: err}
	case errno == syscall.EIO || errno == syscall.ESTALE:
		return &statusError{status: http.StatusInternalServerError, msg: "the disk failed", err: err}
	}
	return fs.ErrNotExist
}

// exhausted reports whether err is for want of something that comes back.
func exhausted(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}
