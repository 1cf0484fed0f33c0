package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"wizgy/server"
)

// configName is the file in the site's folder that options are read from.
const configName = "wizgy.toml"

// maxConfig is how large it may be.
const maxConfig = 1 << 20

// configFile is what wizgy.toml says.
type configFile struct {
	name     string // as the user would write it
	text     []byte
	problems []configProblem
	before   bool // it is what the file said before it had mistakes
	later    bool // it cannot be read for want of something that comes back
}

// configProblem is a mistake in the file.
type configProblem struct {
	name string
	at   place
	text string
}

func (p configProblem) String() string {
	if p.at.line == 0 {
		return p.name + ": " + p.text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.name, p.at.line, p.at.column, p.text)
}

// err is all that is wrong with the file, or nil.
func (f *configFile) err() error {
	var lines []string
	for _, p := range f.problems {
		lines = append(lines, p.String())
	}
	if lines == nil {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}

// readConfig reads the file that has the options of the site. It may be missing unless the user
// named it.
func (a *siteArgument) readConfig() configFile {
	if a.Config == "" {
		return openConfig(filepath.Join(a.Site, configName), false)
	}
	f := openConfig(a.Config, true)
	if inDocumentRoot(a.Config, filepath.Join(a.Site, "html")) {
		f.problem(place{}, "lies in html/, where visitors can read it: move it out")
	}
	return f
}

func openConfig(name string, given bool) configFile {
	f := configFile{name: name}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		if given {
			f.problem(place{}, "there is no such file: leave out --config, or name a file that there is")
		}
		return f
	}
	if err == nil {
		defer file.Close()
		f.text, err = io.ReadAll(io.LimitReader(file, maxConfig+1))
	}
	switch {
	case err != nil:
		f.problem(place{}, fmt.Sprintf("cannot be read: %v", errors.Unwrap(err)))
		f.text = nil
		f.later = errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
	case len(f.text) > maxConfig:
		f.problem(place{}, "is larger than 1 MiB, which no configuration is")
		f.text = nil
	}
	return f
}

func (f *configFile) problem(at place, text string) {
	f.problems = append(f.problems, configProblem{f.name, at, text})
}

// options returns those options of the file that are right, by name, and notes what is wrong.
func (f *configFile) options() map[string]reflect.Value {
	doc, err := parseTOML(f.text)
	if err != nil {
		e := err.(*tomlError)
		f.problem(e.at, e.text)
		return nil
	}
	read := map[string]reflect.Value{}
	var scratch struct{ options }
	flags := optionFlags(&scratch)
	complained := map[string]bool{}
	d := &decoder{tomlDocument: doc, folder: filepath.Dir(f.name), complain: func(path, format string, args ...any) {
		complained[path] = true
		f.problem(doc.places[path], lastKey(path)+" "+fmt.Sprintf(format, args...))
	}}
	for _, key := range slices.Sorted(maps.Keys(doc.values)) {
		flag := flags[key]
		if flag == nil {
			d.complain(key, "is no option: did you mean %s?", nearestOption(key, slices.Sorted(maps.Keys(flags))))
			continue
		}
		d.decode(key, doc.values[key], flag.Target)
		if enum := flag.EnumSlice(); flag.Enum != "" && !complained[key] && !slices.Contains(enum, flag.Target.String()) {
			d.complain(key, `must be one of "%s" but got %q`, strings.Join(enum, `","`), flag.Target.String())
		}
		read[key] = flag.Target
	}
	f.check(&scratch.options, doc, complained)
	maps.DeleteFunc(read, func(key string, _ reflect.Value) bool { // a command may go on with the others
		for path := range complained {
			if path == key || strings.HasPrefix(path, key+".") || strings.HasPrefix(path, key+"[") {
				return true
			}
		}
		return false
	})
	slices.SortStableFunc(f.problems, func(a, b configProblem) int {
		return cmp.Or(cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
	return read
}

// check notes what is wrong with values of the right type.
func (f *configFile) check(o *options, doc *tomlDocument, complained map[string]bool) {
	for _, c := range o.complaints() {
		at, ok := doc.places[c.path()]
		switch {
		case !ok || complained[c.path()]:
			continue
		case c.key == "":
			f.problem(at, c.option+" "+c.text)
		default:
			f.problem(at, c.text) // which begins with the key
		}
		complained[c.path()] = true
	}
	for _, e := range server.CheckRules(o.serverConfig()) {
		element := fmt.Sprintf("%s[%d]", e.List, e.Index)
		if complained[e.List] || complained[element] || complained[element+"."+e.Key] {
			continue
		}
		at, ok := doc.places[element+"."+e.Key]
		if !ok {
			at = doc.places[element] // the key is missing
		}
		f.problem(at, e.Key+" "+e.Message)
		complained[element+"."+e.Key] = true
	}
}

// optionFlags returns the options of a struct, by name. Their targets are its fields.
func optionFlags(of any) map[string]*kong.Flag {
	parser, err := kong.New(of, kong.NoDefaultHelp(), defaults)
	if err != nil {
		panic(err) // the struct is wrong
	}
	flags := map[string]*kong.Flag{}
	for _, flag := range parser.Model.Flags {
		flags[flag.Name] = flag
	}
	return flags
}

// lastKey is what a path is called in a sentence.
func lastKey(path string) string {
	key := path[strings.LastIndexByte(path, '.')+1:]
	if end := strings.LastIndexByte(key, '['); end > 0 {
		return key[:end]
	}
	if key == "" {
		return `""`
	}
	return key
}

// inDocumentRoot reports whether visitors can read the file as well.
func inDocumentRoot(name, root string) bool {
	file, err1 := filepath.EvalSymlinks(name)
	folder, err2 := filepath.EvalSymlinks(root)
	if err1 != nil || err2 != nil {
		return false
	}
	file, err1 = filepath.Abs(file)
	folder, err2 = filepath.Abs(folder)
	return err1 == nil && err2 == nil && strings.HasPrefix(file, folder+string(filepath.Separator))
}
