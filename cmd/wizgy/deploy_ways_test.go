package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// release returns the files of a release: pages that import three modules each and one that all
// of them share, and static files. All of an answer is the release's number, again and again.
func release(n int) map[string]string {
	files := map[string]string{}
	mark := fmt.Sprintf("export const mark = %d;\n// %s\n", n, strings.Repeat("padding ", 100))
	for _, page := range []string{"a", "b", "c"} {
		source := "import { mark as shared } from './_lib/shared.js';\n"
		for _, module := range []string{"x", "y", "z"} {
			files["apps/_"+page+"/"+module+".js"] = mark
			source += fmt.Sprintf("import { mark as %s } from './_%s/%[1]s.js';\n", module, page)
		}
		files["apps/"+page+".js"] = source + fmt.Sprintf(`export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return [[x, %d, y, shared, z].join(" ")];
}
`, n)
		files["html/"+page+".txt"] = strings.TrimSpace(strings.Repeat(strconv.Itoa(n)+" ", 1000))
	}
	files["apps/_lib/shared.js"] = mark
	return files
}

var releasePaths = []string{"/a", "/a.txt", "/b", "/b.txt", "/c", "/c.txt"}

// A deployment is a way in which one release takes the place of another.
type deployment struct {
	name   string
	site   string // what is served, below the folder of the deployment
	first  func(dir string) error
	deploy func(dir string, n int) error
	gaps   bool // in between there are no files, as requests in dev are told
	noDev  bool // in dev, each file that changes is a save
	quick  bool // nothing tells that it is not over: it has to be done at one go
}

var deployments = []deployment{
	{name: "link to the site", site: "current",
		first: func(dir string) error { return linkSite(dir, 0) }, deploy: linkSite},
	{name: "links to both halves", site: "site",
		first: func(dir string) error { return linkHalves(dir, 0) }, deploy: linkHalves},
	{name: "folders renamed", site: "site", gaps: true, quick: true,
		first: func(dir string) error { return writeAll(filepath.Join(dir, "site"), release(0)) },
		deploy: func(dir string, n int) error {
			if err := writeAll(filepath.Join(dir, "new"), release(n)); err != nil {
				return err
			}
			for _, half := range []string{"apps", "html"} {
				live := filepath.Join(dir, "site", half)
				if err := os.Rename(live, filepath.Join(dir, fmt.Sprint("old", half, n))); err != nil {
					return err
				}
				if err := os.Rename(filepath.Join(dir, "new", half), live); err != nil {
					return err
				}
			}
			return nil
		}},
	{name: "git checkout", site: "site", gaps: true,
		first: func(dir string) error {
			return git(dir, 0, "init -q", "config user.name x", "config user.email x@example.com", "config gc.auto 0", "add -A", "commit -qm 0", "branch r0")
		},
		deploy: func(dir string, n int) error { return git(dir, n, fmt.Sprint("checkout -q r", n)) }},
	{name: "rsync", site: "site", noDev: true, quick: true,
		first: func(dir string) error { return writeAll(filepath.Join(dir, "site"), release(0)) },
		deploy: func(dir string, n int) error {
			return eachFile(filepath.Join(dir, "site"), release(n), func(path, content string) error {
				temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".h4Xw2A")
				if err := os.WriteFile(temporary, []byte(content), 0o644); err != nil {
					return err
				}
				return os.Rename(temporary, path)
			})
		}},
	{name: "written in place", site: "site", noDev: true, quick: true,
		first:  func(dir string) error { return writeAll(filepath.Join(dir, "site"), release(0)) },
		deploy: func(dir string, n int) error { return writeAll(filepath.Join(dir, "site"), release(n)) }},
}

func eachFile(dir string, files map[string]string, do func(path, content string) error) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := do(path, files[name]); err != nil {
			return err
		}
	}
	return nil
}

func writeAll(dir string, files map[string]string) error {
	return eachFile(dir, files, func(path, content string) error { return os.WriteFile(path, []byte(content), 0o644) })
}

// writeRelease writes a release beside the others.
func writeRelease(dir string, n int) error {
	return writeAll(filepath.Join(dir, fmt.Sprint("release", n)), release(n))
}

// switchLink lets a link lead to a release, or to a half of it.
func switchLink(dir, link string, n int, half string) error {
	link = filepath.Join(dir, link)
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(dir, fmt.Sprint("release", n), half), link+"~"); err != nil {
		return err
	}
	return os.Rename(link+"~", link)
}

func linkSite(dir string, n int) error {
	if err := writeRelease(dir, n); err != nil {
		return err
	}
	return switchLink(dir, "current", n, "")
}

func linkHalves(dir string, n int) error {
	if err := writeRelease(dir, n); err != nil {
		return err
	}
	if err := switchLink(dir, "site/html", n, "html"); err != nil {
		return err
	}
	return switchLink(dir, "site/apps", n, "apps")
}

// git prepares release n in a branch, unless it is the first, and runs commands.
func git(dir string, n int, commands ...string) error {
	site, aside := filepath.Join(dir, "site"), filepath.Join(dir, "aside")
	run := func(args ...string) error {
		cmd := exec.Command("git", args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args, err, out)
		}
		return nil
	}
	if n == 0 {
		if err := writeAll(site, release(0)); err != nil {
			return err
		}
	} else { // committed elsewhere, so that it is the checkout that changes the site
		if n == 1 {
			if err := run("-C", site, "worktree", "add", "-q", "--detach", aside); err != nil {
				return err
			}
		}
		if err := writeAll(aside, release(n)); err != nil {
			return err
		}
		for _, args := range [][]string{{"add", "-A"}, {"commit", "-qm", "next"}, {"branch", fmt.Sprint("r", n)}} {
			if err := run(append([]string{"-C", aside}, args...)...); err != nil {
				return err
			}
		}
	}
	for _, command := range commands {
		if err := run(append([]string{"-C", site}, strings.Fields(command)...)...); err != nil {
			return err
		}
	}
	return nil
}
