package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// saveWay is a way in which people, and their programs, save a page.
type saveWay struct {
	name string
	save func(s *soak, path, text string) error
}

var fileWays = []saveWay{
	{"renamed", saveByRename},
	{"in place", func(_ *soak, path, text string) error { return os.WriteFile(path, []byte(text), 0o644) }},
	{"deleted and created", func(_ *soak, path, text string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(text), 0o644)
	}},
	{"old kept aside", func(_ *soak, path, text string) error { // as vim does
		if err := os.Rename(path, path+"~"); err != nil {
			return err
		}
		return errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Remove(path+"~"))
	}},
	{"same size and time", func(_ *soak, path, text string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, info.ModTime(), info.ModTime()))
	}},
	{"in twenty pieces", savePiecemeal},
}

func saveByRename(_ *soak, path, text string) error {
	if err := os.WriteFile(path+".tmp", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// savePiecemeal takes its time.
func savePiecemeal(_ *soak, path, text string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for i := range 20 {
		if _, err := f.WriteString(text[i*len(text)/20 : (i+1)*len(text)/20]); err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// moveFolder puts another folder in the place of the page's.
func moveFolder(_ *soak, path, text string) error {
	dir := filepath.Dir(path)
	fresh, old := filepath.Join(filepath.Dir(dir), "_new"), filepath.Join(filepath.Dir(dir), "_old")
	return errors.Join(
		os.RemoveAll(fresh), os.RemoveAll(old), os.Mkdir(fresh, 0o755),
		os.WriteFile(filepath.Join(fresh, filepath.Base(path)), []byte(text), 0o644),
		os.Rename(dir, old), os.Rename(fresh, dir), os.RemoveAll(old))
}

// switchFileLink has the page be a link to a file, another one each time.
func switchFileLink(_ *soak, path, text string) error {
	before, _ := os.Readlink(path)
	name := fmt.Sprintf("_%d.js", time.Now().UnixNano())
	if err := errors.Join(os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o644), os.Symlink(name, path+"~"), os.Rename(path+"~", path)); err != nil {
		return err
	}
	if before != "" {
		return os.Remove(filepath.Join(filepath.Dir(path), before))
	}
	return nil
}

// brokenTexts are pages that cannot be loaded.
var brokenTexts = []string{
	"const = ;\n", "exports.application = (environ", "import x from './no-such-module.js';\nexport const application = x;\n",
	"throw new Error('while it is loaded');\n", "exports.nothing = true;\n", "", "\x00\xff\xfe", "for (;;);\n",
}

// savePage saves a page, sometimes broken ones before, and waits for the new one.
func (v *visitor) savePage(p *savedPage) {
	if !v.s.pause(time.Duration(20+v.rng.IntN(200)) * time.Millisecond) {
		return
	}
	v.s.saves.RLock()
	defer v.s.saves.RUnlock()
	way, path := p.ways[v.rng.IntN(len(p.ways))], filepath.Join(v.s.site(), "apps", p.file)
	save := func(how saveWay, text string) {
		if err := how.save(v.s, path, text); err != nil {
			v.s.fail("%s is not saved (%s): %v", p.file, how.name, err)
		}
	}
	fixed := func() {
		n := p.begun.Add(1)
		save(way, pageOfVersion(n))
		v.await("/"+p.name, p.name, "pages saved: "+way.name, &p.versions)
	}
	if v.rng.IntN(4) > 0 {
		fixed()
		return
	}
	v.saveBroken(p, func() { save(way, brokenTexts[v.rng.IntN(len(brokenTexts))]) })
	for range 5 + v.rng.IntN(30) { // the last good one goes on
		v.version("/"+p.name, p.name, &p.versions)
		v.s.pause(time.Duration(v.rng.IntN(40)) * time.Millisecond)
	}
	v.s.count("broken pages saved", 0)
	fixed()
}

// saveBroken saves a page with a mistake, and waits until all workers have said so.
func (v *visitor) saveBroken(p *savedPage, save func()) {
	v.s.unnoticed.RLock()
	defer v.s.unnoticed.RUnlock()
	page := "apps/" + p.file
	before, began := v.s.log.fallbacks(page), time.Now()
	save()
	if !poll(func() bool { return v.s.log.fallbacks(page) >= before+len(children(v.s.cmd.Process.Pid)) }) {
		v.s.fail("%s was saved with a mistake, and not all workers have said so: %d of %d", page, v.s.log.fallbacks(page)-before, len(children(v.s.cmd.Process.Pid)))
	}
	v.s.count("broken pages noticed", time.Since(began))
}

// await waits until what has been saved is served.
func (v *visitor) await(path, name, what string, of *versions) {
	saved, want := time.Now(), of.begun.Load()
	for v.s.failed() < maxSoakFailures {
		a, n := v.version(path, name, of)
		switch {
		case n < 0 || time.Since(saved) > patience:
			v.s.fail("%s: after %v version %d is served, not %d", path, time.Since(saved), n, want)
			return
		case n >= want && v.s.leaving(a):
			v.leave()
		case n >= want:
			of.seen.Store(n)
			v.s.count(what, time.Since(saved))
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// saveFile replaces a static file.
func (v *visitor) saveFile() {
	if !v.s.pause(time.Duration(10+v.rng.IntN(100)) * time.Millisecond) {
		return
	}
	v.s.saves.RLock()
	defer v.s.saves.RUnlock()
	n := v.s.file.begun.Add(1)
	if err := saveByRename(v.s, filepath.Join(v.s.site(), "html", "version.txt"), fileOfVersion(n)); err != nil {
		v.s.fail("version.txt is not saved: %v", err)
	}
	v.await("/version.txt", "version.txt", "files replaced", &v.s.file)
}

// switchRelease makes a copy of the site, with another release of some of it, and has the link
// lead there.
func (v *visitor) switchRelease() {
	if !v.s.pause(time.Duration(300+v.rng.IntN(1500)) * time.Millisecond) {
		return
	}
	v.s.saves.Lock()
	defer v.s.saves.Unlock()
	n := v.s.release.begun.Add(1)
	fresh := filepath.Join(v.s.dir, fmt.Sprint("release", n))
	files := releaseFiles(n)
	if err := errors.Join(copySite(v.s.site()+"/", fresh, files), writeAll(fresh, files),
		os.Symlink(filepath.Base(fresh), v.s.site()+"~"), os.Rename(v.s.site()+"~", v.s.site())); err != nil {
		v.s.fail("release %d: %v", n, err)
	}
	v.await("/release", "release", "releases switched", &v.s.release)
	v.await("/release.txt", "release", "releases switched: files", &v.s.release)
	if n >= 2 {
		_ = os.RemoveAll(filepath.Join(v.s.dir, fmt.Sprint("release", n-2)))
	}
}

// copySite copies a site but for some files. What is large and never saved is shared.
func copySite(from, to string, but map[string]string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(from, path)
		target := filepath.Join(to, name)
		switch _, other := but[filepath.ToSlash(name)]; {
		case other:
			return nil
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(link, target))
		case strings.HasSuffix(name, ".bin"):
			return os.Link(path, target)
		}
		text, err := os.ReadFile(path)
		return errors.Join(err, os.WriteFile(target, text, 0o644))
	})
}

// restartWorker has the worker go, in one way or another.
func (v *visitor) restartWorker() {
	if !v.s.pause(v.seldom(7 * time.Second)) {
		return
	}
	began, pid := time.Now(), v.s.worker()
	what, signal := "restarts (SIGHUP)", syscall.SIGHUP
	switch v.rng.IntN(3) {
	case 0:
		what = "workers killed"
		v.s.unnoticed.Lock()
		v.s.killing(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
		poll(func() bool { return v.s.worker() != pid && v.s.worker() != 0 })
		v.untilLoaded()
		v.s.unnoticed.Unlock()
	case 1:
		what, signal = "restarts (SIGTERM for the worker)", syscall.SIGTERM
		_ = syscall.Kill(pid, signal)
	default:
		_ = v.s.cmd.Process.Signal(signal)
	}
	v.is(v.ask("GET", "/ok", "", nil), 200, "ok\n")
	v.s.count(what+" (until the next answer)", time.Since(began))
	if !poll(func() bool { return v.s.worker() != pid }) {
		v.s.fail("%s: the worker is still there", what)
	}
	v.s.settled()
}

// untilLoaded waits until a worker that has just begun knows good versions of all pages: until then
// there would be nothing to go on with if one were saved with a mistake.
func (v *visitor) untilLoaded() {
	for _, p := range v.s.pages {
		v.ask("GET", "/"+p.name, "", nil)
	}
}

// replaceWorker has another worker take the place of the one that there is.
func (s *soak) replaceWorker() {
	pid := s.worker()
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	if !poll(func() bool { return s.worker() != pid }) {
		s.fail("SIGHUP does not replace the worker")
	}
	s.settled()
}
