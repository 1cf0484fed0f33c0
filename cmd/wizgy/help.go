package main

import (
	"fmt"
	"slices"
	"strings"
)

type helpCommand struct {
	Command string `arg:"" optional:"" help:"The command to tell about."`
}

// Run tells what --help does.
func (c *helpCommand) Run(p *program) error {
	args := []string{"--help"}
	if c.Command != "" {
		if !slices.Contains(commandNames, c.Command) {
			return usageMistake(noCommand(c.Command))
		}
		args = []string{c.Command, "--help"}
	}
	run(p, args)
	return nil
}

// noCommand says that there is no such command, and which one may be meant.
func noCommand(word string) string {
	if command, ok := meantCommand(word); ok {
		return fmt.Sprintf("there is no command %s: did you mean %s?", word, command)
	}
	return fmt.Sprintf("there is no command %s: there are %s", word, strings.Join(commandNames, ", "))
}

type versionCommand struct{}

// Run tells what --version does.
func (c *versionCommand) Run(p *program) error {
	fmt.Fprintln(p.stdout, version())
	return nil
}

// otherWords is how other programs call what a command does here.
var otherWords = map[string]string{
	"start": "serve", "run": "serve", "server": "serve", "up": "serve", "listen": "serve", "s": "serve", "http": "serve",
	"watch": "dev", "develop": "dev", "development": "dev", "preview": "dev", "d": "dev",
	"test": "check", "lint": "check", "validate": "check", "verify": "check", "build": "check", "compile": "check",
	"create": "new", "generate": "new", "scaffold": "new", "make": "new",
	"list": "routes", "ls": "routes", "urls": "routes", "map": "routes", "route": "routes",
	"ver": "version", "usage": "help", "man": "help",
}

// likelyCommand returns the command that a word was most likely meant to be.
func likelyCommand(word string) string {
	word = strings.ToLower(word)
	if command := otherWords[word]; command != "" {
		return command
	}
	return nearest(word, commandNames)
}

// meantCommand is likelyCommand for what may be anything.
func meantCommand(word string) (command string, ok bool) {
	const mayDiffer = 2 // letters
	word = strings.ToLower(word)
	command = likelyCommand(word)
	return command, otherWords[word] != "" || distance(word, command) <= mayDiffer
}
