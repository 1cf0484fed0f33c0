package main

import (
	"encoding"
	"strings"

	"github.com/alecthomas/kong"

	"wizgy/server/proxy"
)

// commas is a list of values that a flag or a variable of the environment may have several of, with
// commas between them. In wizgy.toml it is a list, or one text.
type commas[T any] []T

// Decode adds what a flag or a variable has. kong calls it.
func (l *commas[T]) Decode(ctx *kong.DecodeContext) error {
	token, err := ctx.Scan.PopValue("value")
	if err != nil {
		return err
	}
	return l.add(token.String())
}

// mayBeText has wizgy.toml take a text for such a list.
func (l *commas[T]) mayBeText() {}

func (l *commas[T]) add(text string) error {
	for entry := range strings.SplitSeq(text, ",") {
		var v T
		if err := any(&v).(encoding.TextUnmarshaler).UnmarshalText([]byte(strings.TrimSpace(entry))); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}

// trusted is an entry of trust-proxy.
type trusted string

// UnmarshalText reads an entry.
func (p *trusted) UnmarshalText(text []byte) error {
	*p = trusted(text)
	_, err := proxy.ParseEntry(string(text))
	return err
}
