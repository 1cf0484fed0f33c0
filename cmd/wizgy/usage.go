package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// otherFlags is what to write for flags that other programs have.
var otherFlags = map[string]string{
	"--reload": "write wizgy dev, which sees every save; so does wizgy serve",
	"--dev":    "write wizgy dev", "--debug": "write wizgy dev", "--production": "write wizgy serve", "--init": "write wizgy init",
	"--root": siteIsArgument, "--dir": siteIsArgument, "--directory": siteIsArgument, "--docroot": siteIsArgument, "--site": siteIsArgument, "--cwd": siteIsArgument, "-d": siteIsArgument, "-C": siteIsArgument,
	"--ssl": useTLS, "--tls": useTLS, "--https": useTLS, "--cert": useTLS, "--key": useTLS, "--certfile": useTLS, "--keyfile": useTLS,
	"--browser": "write --open", "-o": "write --open", "-c": "write --config FILE", "-V": "write wizgy version",
	"--workers": workersAreNone, "--threads": workersAreNone, "-w": workersAreNone, "--processes": workersAreNone,
	"--quiet": "write --no-access-log", "-q": "write --no-access-log", "--silent": "write --no-access-log",
	"--proxy": "write --trust-proxy ADDRESS, if there is one in front; wizgy is none itself",
}

const (
	siteIsArgument = "write the folder behind the command: wizgy serve FOLDER"
	useTLS         = "write --tls-cert FILE --tls-key FILE"
	workersAreNone = "one process serves on all processors; --runtimes limits how many requests a page answers at a time"
)

var (
	unknownFlag = regexp.MustCompile(`^unknown flag (--?[A-Za-z0-9-]+)`)
	wrongPlace  = regexp.MustCompile(`^flag (\S+) applies to the default command "serve", not "(\w+)"`)

	// kong guesses the letters that there are for every other one.
	guessedLetters = regexp.MustCompile(`, did you mean (?:one of )?"-\w"(?:, "-\w")*\?$`)

	noValue = regexp.MustCompile(`expected [\w ]+ value but got "EOL" \(<EOL>\)$`)
)

// usageError is what to say about a command line of which kong says that it is wrong.
func usageError(complaint string, args []string) string {
	hint := "wizgy --help tells what there is"
	complaint = guessedLetters.ReplaceAllString(noValue.ReplaceAllString(complaint, "needs a value"), "")
	flag := ""
	if m := unknownFlag.FindStringSubmatch(complaint); m != nil {
		flag = m[1]
	}
	option := otherNames[strings.TrimPrefix(flag, "--")]
	command, isWord := wordForCommand(args)
	switch m := wrongPlace.FindStringSubmatch(complaint); {
	case option == "addr" || flag == "-b" || flag == "-l":
		hint = "write --addr HOST:PORT, such as --addr 127.0.0.1:8000"
		complaint = "unknown flag " + flag // kong's guess is worse
	case otherFlags[flag] != "":
		hint = otherFlags[flag]
		complaint = "unknown flag " + flag
	case option != "":
		hint = "write --" + option
		complaint = "unknown flag " + flag
	case m != nil:
		hint = fmt.Sprintf("write the command first: wizgy %s %s …", m[2], m[1])
	case strings.HasPrefix(complaint, `expected "<name>"`):
		complaint, hint = "new needs a name", "write wizgy new mysite"
	case isWord:
		complaint = "there is no command " + args[0]
		hint = "write wizgy " + strings.Join(append([]string{command}, args[1:]...), " ")
	}
	return fmt.Sprintf("wizgy: %s (%s)", complaint, hint)
}

// wordForCommand reports whether the first argument is neither a command nor a file, but most likely
// meant to be a command.
func wordForCommand(args []string) (command string, ok bool) {
	if len(args) < 2 || slices.Contains(commandNames, args[0]) {
		return "", false
	}
	if _, err := os.Stat(args[0]); err == nil {
		return "", false
	}
	return meantCommand(args[0])
}
