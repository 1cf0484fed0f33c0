// Command wizgy serves a folder: html/ as it is, and apps/*.js as pages.
//
//	wizgy [serve] [SITE]       for visitors: a supervisor, and a worker that serves
//	wizgy dev     [SITE]       at the desk, in one process
//	wizgy check   [SITE]       compile and start every page, and print what is wrong
//	wizgy routes  [SITE] [URL] which URL goes to which file
//	wizgy new     NAME         make a folder with a small site
//	wizgy init    [FOLDER]     make a small site of a folder
//	wizgy help    [COMMAND]    tell about wizgy, or about a command
//	wizgy version
//
// Each command is a file: serve.go, dev.go, check.go, routes.go, init.go, help.go. What all of them take is in
// options.go, one struct for flags, variables of the environment and wizgy.toml, which configfile.go
// reads. What a site is, on the disk, is in site.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"wizgy/server/supervisor"
)

// Exit statuses.
const (
	exitFailed = 1 // it could not be done, or check found an error
	exitUsage  = 2 // the command line is wrong
)

// commandLine is every command with its options: kong reads them from flags and from variables
// of the environment (WIZGY_ADDR for --addr).
type commandLine struct {
	Serve   serveCommand     `cmd:"" default:"withargs" help:"Serve a site to visitors. This is what plain wizgy does."`
	Dev     devCommand       `cmd:"" set:"stop=2s" help:"Serve a site at the desk: the newest save always answers, and errors are shown in the browser."`
	Check   checkCommand     `cmd:"" set:"timeout=5s" help:"Compile and start every page, and print what is wrong."`
	Routes  routesCommand    `cmd:"" help:"Print which URL goes to which file, or who answers one URL and why."`
	New     newCommand       `cmd:"" help:"Make a folder with a small site in it."`
	Init    initCommand      `cmd:"" help:"Make a small site of a folder. What is there already stays as it is."`
	Help    helpCommand      `cmd:"" help:"Tell about wizgy, or about a command."`
	Print   versionCommand   `cmd:"" name:"version" help:"Print the version."`
	Version kong.VersionFlag `short:"v" env:"-" help:"Print the version and exit."`
}

// defaults are those that are not the same for every command.
var defaults = kong.Vars{"timeout": "30s", "stop": "25s"}

// commandNames are the names of the commands.
var commandNames = []string{"serve", "dev", "check", "routes", "new", "init", "help", "version"}

// program is what a command may use of its surroundings.
type program struct {
	ctx            context.Context    // ends when the program is to stop
	worker         *supervisor.Worker // nil if nobody supervises this process
	signals        *stopSignals       // nil in a worker
	stdout, stderr io.Writer
}

func main() {
	forgetEmptyVariables()
	worker, err := supervisor.Join()
	if err != nil {
		fmt.Fprintf(os.Stderr, "wizgy: %v\n", err)
		os.Exit(exitFailed)
	}
	if worker != nil {
		leaveSignals(worker)
		os.Exit(run(&program{ctx: worker.Context(), worker: worker, stdout: os.Stdout, stderr: worker.Log()}, os.Args[1:]))
	}
	signals := newStopSignals()
	status := run(&program{ctx: signals.first, signals: signals, stdout: os.Stdout, stderr: os.Stderr}, os.Args[1:])
	signals.dieOfSecond()
	os.Exit(status)
}

// run runs a command line and returns the exit status.
func run(p *program, args []string) int {
	status := -1
	parser, err := kong.New(&commandLine{},
		kong.Name("wizgy"),
		kong.Description("Serve a folder: html/ as it is, and apps/*.js as pages that run on the server."),
		kong.DefaultEnvars("WIZGY"),
		kong.Vars{"version": version()}, defaults,
		kong.ExplicitGroups(groups),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(decodeDuration)),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { status = code }),
		kong.Bind(p),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	command, err := parser.Parse(args)
	if status >= 0 { // --help and --version have been answered
		return status
	}
	if err == nil {
		err = unknownVariable(os.Environ(), parser.Model)
	}
	if err != nil {
		fmt.Fprintln(p.stderr, usageError(err.Error(), args))
		return exitUsage
	}
	configure(p, command)
	if err := portGiven(command); err != nil {
		fmt.Fprintf(p.stderr, "wizgy: %v\n", err)
		return exitUsage
	}
	var failed *supervisor.ExitError
	switch err := command.Run(); {
	case errors.As(err, &failed): // which has said why
		return failed.Status
	case errors.Is(err, errReported):
		return exitFailed
	case err != nil:
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(p.stderr, "wizgy: %s\n", strings.TrimSuffix(line, "\n"))
		}
		return exitOf(err)
	}
	return 0
}

// usageMistake is an error that is the command line's, though it could be read.
type usageMistake string

func (m usageMistake) Error() string { return string(m) }

// exitOf returns the exit status for an error of a command.
func exitOf(err error) int {
	if _, ok := errors.AsType[usageMistake](err); ok {
		return exitUsage
	}
	return exitFailed
}

// groups are the headings of --help.
var groups = []kong.Group{
	{Key: "server", Title: "The server, also in wizgy.toml and as WIZGY_…:"},
	{Key: "pages", Title: "Pages, likewise:"},
	{Key: "site", Title: "What is sent, likewise:"},
}

// errReported ends a command that has printed already what is wrong.
var errReported = errors.New("reported")
