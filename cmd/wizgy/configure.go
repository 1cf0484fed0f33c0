package main

import (
	"maps"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// configured are the commands that have options.
type configured interface {
	settings() *options
	readConfig() configFile
}

// configure reads the file that belongs to the command, and sets the options that were given
// neither by a flag nor in the environment. What is wrong with the file is kept for the command,
// unless the process takes the place of one that knows what the file said before.
func configure(p *program, command *kong.Context) {
	c, ok := command.Selected().Target.Addr().Interface().(configured)
	if !ok {
		return
	}
	file := c.readConfig()
	read := file.options()
	if len(file.problems) > 0 {
		if before, ok := configBefore(p.worker, file.name); ok {
			file, read = before, before.options()
		}
	}
	c.settings().fromFile = file
	for _, flag := range command.Flags() {
		value, ok := read[flag.Name]
		switch {
		case !ok:
		case flag.IsMap(): // name by name
			maps.Copy(value.Interface().(map[string]string), flag.Target.Interface().(map[string]string))
			flag.Target.Set(value)
		case !isGiven(command, flag):
			flag.Target.Set(value)
		}
	}
}

// isGiven reports whether a flag was on the command line, or in the environment.
func isGiven(command *kong.Context, flag *kong.Flag) bool {
	for _, path := range command.Path {
		if path.Flag == flag {
			return true
		}
	}
	return slices.ContainsFunc(flag.Tag.Envs, func(name string) bool {
		_, ok := os.LookupEnv(name)
		return ok
	})
}
