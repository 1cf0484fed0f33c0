package main

import (
	"encoding"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// byteSize is a number of bytes that people write as 10MiB.
type byteSize int64

var sizeUnits = map[string]int64{
	"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9,
	"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
}

// UnmarshalText reads a size. kong calls it.
func (s *byteSize) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "kKmMgGiIbB")
	unit, known := sizeUnits[strings.ToLower(string(text[len(number):]))]
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if !known || err != nil || n < 0 || n > math.MaxInt64/unit {
		return fmt.Errorf("must be a size such as 10MiB, 512KiB or 5000000, got %q", text)
	}
	*s = byteSize(n * unit)
	return nil
}

func (s byteSize) String() string {
	for _, unit := range []struct {
		name string
		size byteSize
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s != 0 && s%unit.size == 0 {
			return fmt.Sprintf("%d%s", s/unit.size, unit.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// decodeDuration reads a duration. kong's own says what is wrong with one twice.
func decodeDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	token, err := ctx.Scan.PopValue("duration")
	if err != nil {
		return err
	}
	d, err := time.ParseDuration(token.String())
	if err != nil {
		return fmt.Errorf("must be a duration such as 30s, 1m30s or 500ms, got %q", token.String())
	}
	target.SetInt(int64(d))
	return nil
}

// lines is a list of rules, each with a text form for the command line. A variable of the
// environment has them one a line.
type lines[T any] []T

// Decode adds what a flag or a variable has. kong calls it.
func (l *lines[T]) Decode(ctx *kong.DecodeContext) error {
	token, err := ctx.Scan.PopValue("value")
	if err != nil {
		return err
	}
	for line := range strings.Lines(token.String()) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var rule T
		if err := any(&rule).(encoding.TextUnmarshaler).UnmarshalText([]byte(line)); err != nil {
			return err
		}
		*l = append(*l, rule)
	}
	return nil
}

// pageName is a page, or a folder of pages, by its name in the site: apps/admin.
type pageName string

// UnmarshalText reads a name.
func (n *pageName) UnmarshalText(text []byte) error {
	name := strings.TrimSpace(string(text))
	rest, ok := strings.CutPrefix(strings.TrimSuffix(name, "/"), "apps/")
	if !ok || !fs.ValidPath(rest) || rest == "." {
		return fmt.Errorf("must be a page or a folder of apps/, such as apps/admin or apps/login.js, got %q", name)
	}
	*n = pageName("apps/" + rest)
	return nil
}

// fallbackPage is a file in html/, or empty for none. It may be written as a switch: --spa,
// WIZGY_SPA=true and spa = true are index.html.
type fallbackPage string

// Decode reads --spa and --spa=FILE. kong calls it.
func (p *fallbackPage) Decode(ctx *kong.DecodeContext) error {
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return p.set(true)
	}
	return p.set(ctx.Scan.Pop().Value)
}

// IsBool tells kong that the value may be missing.
func (p *fallbackPage) IsBool() bool { return true }

func (p *fallbackPage) set(value any) error {
	switch fmt.Sprint(value) {
	case "true", "1", "yes":
		*p = "index.html"
	case "false", "0", "no", "":
		*p = ""
	default:
		*p = fallbackPage(fmt.Sprint(value))
	}
	return nil
}

// valid reports whether p is a name that is served.
func (p fallbackPage) valid() bool {
	return p == "" || fs.ValidPath(string(p)) && p != "." && p[0] != '.' &&
		!strings.Contains(string(p), "/.") && !strings.ContainsAny(string(p), "\\\x00")
}

// fileName is a file, or empty for none. In wizgy.toml it is relative to the folder of that file.
type fileName string

func (n *fileName) set(name, folder string) {
	if name != "" && !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	*n = fileName(name)
}
