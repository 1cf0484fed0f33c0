//go:build linux

package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

// sources are the pages and settings of the peers. Each is a template whose data is a room.
//
//go:embed peers
var sources embed.FS

// site is what all servers serve.
type site struct {
	dir     string // everything of a run is in it
	HTML    string // the folder of files
	Rows    string // the rows as a list of lists, which JavaScript, Python and PHP write alike
	LuaRows string
	Workers int  // processes of a server that answers one request at a time in each
	Root    bool // running as root, which some servers must be told is meant

	templates *template.Template
}

// newSite writes the files that are served into dir.
func newSite(dir string) (*site, error) {
	templates, err := parseSources()
	if err != nil {
		return nil, err
	}
	list, err := marshal(rows)
	if err != nil {
		return nil, err
	}
	s := &site{
		dir: dir, HTML: filepath.Join(dir, "html"), Workers: 4, Root: os.Getuid() == 0,
		Rows: list, LuaRows: strings.NewReplacer("[", "{", "]", "}").Replace(list), templates: templates,
	}
	for name, content := range map[string][]byte{smallFile: text(5 << 10), largeFile: text(1 << 20), editedFile: []byte("edit 0\n")} {
		if err := writeFile(filepath.Join(s.HTML, name), content); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// parseSources returns the templates by their names below peers.
func parseSources() (*template.Template, error) {
	all := template.New("peers").Option("missingkey=error").Funcs(template.FuncMap{"quote": marshal})
	names, err := fs.Glob(sources, "peers/*/*")
	if err != nil {
		return nil, fmt.Errorf("list the peers' sources: %w", err)
	}
	for _, name := range names {
		content, err := sources.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a peer's source: %w", err)
		}
		if _, err := all.New(strings.TrimPrefix(name, "peers/")).Parse(string(content)); err != nil {
			return nil, fmt.Errorf("parse a peer's source: %w", err)
		}
	}
	return all, nil
}

// marshal returns v as JSON, in which < stays <: what is not JavaScript knows no \u003c.
func marshal(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// room is where one server lives during a run.
type room struct {
	*site
	Dir  string // of its own
	Addr string // where it listens
	Port string
	Var  map[string]string // what its templates need besides
}

// newRoom makes the folder name and finds a free port.
func (s *site) newRoom(name string) (*room, error) {
	r := &room{site: s, Dir: filepath.Join(s.dir, name), Var: map[string]string{}}
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make room for %s: %w", name, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a free port for %s: %w", name, err)
	}
	defer listener.Close()
	r.Addr = listener.Addr().String()
	if _, r.Port, err = net.SplitHostPort(r.Addr); err != nil {
		return nil, fmt.Errorf("find a free port for %s: %w", name, err)
	}
	return r, nil
}

// render writes sources into a folder of the room, each under the last part of its name.
func (r *room) render(folder string, names ...string) error {
	for _, name := range names {
		var b bytes.Buffer
		if err := r.templates.ExecuteTemplate(&b, name, r); err != nil {
			return fmt.Errorf("render %s: %w", name, err)
		}
		if err := writeFile(filepath.Join(r.Dir, folder, path.Base(name)), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// command is a command that listens at the room's address.
func (r *room) command(path string, args ...string) command {
	return command{path: path, args: args, listens: r.Addr, log: filepath.Join(r.Dir, filepath.Base(path)+".log")}
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
