package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlDocument is a TOML file: its values, and where in the file each key is.
type tomlDocument struct {
	values map[string]any
	places map[string]place // by path: "redirect[1].from"
}

// place is a line and a column in bytes, from 1. Zero means unknown.
type place struct{ line, column int }

// parseTOML reads a document. The error is a *tomlError. Editors on Windows begin a text with a byte
// order mark, which nobody sees.
func parseTOML(text []byte) (*tomlDocument, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	d := &tomlDocument{values: map[string]any{}, places: map[string]place{}}
	if err := toml.Unmarshal(text, &d.values); err != nil {
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := e.Position()
			return nil, &tomlError{place{line, column}, strings.TrimPrefix(e.Error(), "toml: ")}
		}
		return nil, &tomlError{text: err.Error()}
	}
	d.locate(text)
	return d, nil
}

// tomlError is about a file that is no TOML.
type tomlError struct {
	at   place
	text string
}

func (e *tomlError) Error() string { return e.text }

// locate finds the places of all keys. What it goes by is the structure of the text only: the
// text has been read already, so it is right.
func (d *tomlDocument) locate(text []byte) {
	l := locator{tomlDocument: d, lengths: map[string]int{}}
	l.parser.Reset(text)
	table := ""
	for l.parser.NextExpression() {
		switch node := l.parser.Expression(); node.Kind {
		case unstable.Table:
			table = l.key("", node)
		case unstable.ArrayTable:
			list := l.key("", node)
			table = fmt.Sprintf("%s[%d]", list, l.lengths[list])
			d.places[table] = l.last
			l.lengths[list]++
		case unstable.KeyValue:
			l.value(l.key(table, node), node.Value())
		}
	}
}

type locator struct {
	*tomlDocument
	parser  unstable.Parser
	lengths map[string]int // of lists of tables, by path
	last    place          // of the key that was read last
}

// key notes the place of the key of a node, and returns its path.
func (l *locator) key(path string, node *unstable.Node) string {
	for it := node.Key(); it.Next(); {
		if path != "" {
			if n := l.lengths[path]; n > 0 { // [list.of.tables] means the last one
				path += "[" + strconv.Itoa(n-1) + "]"
			}
			path += "."
		}
		path += string(it.Node().Data)
		start := l.parser.Shape(it.Node().Raw).Start
		l.last = place{start.Line, start.Column}
		if _, ok := l.places[path]; !ok {
			l.places[path] = l.last
		}
	}
	return path
}

// value notes the places of the keys within a value.
func (l *locator) value(path string, node *unstable.Node) {
	switch node.Kind {
	case unstable.InlineTable:
		for it := node.Children(); it.Next(); {
			l.value(l.key(path, it.Node()), it.Node().Value())
		}
	case unstable.Array:
		i := 0
		for it := node.Children(); it.Next(); i++ {
			element := fmt.Sprintf("%s[%d]", path, i)
			l.places[element] = l.places[path]
			l.value(element, it.Node())
		}
	}
}
