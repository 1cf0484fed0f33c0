package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// environmentPrefix is how the variables begin that set options.
const environmentPrefix = "WIZGY_"

// forgetEmptyVariables makes WIZGY_TIMEOUT= what people mean by it: nothing is said. Service
// managers and containers cannot always leave a variable out.
func forgetEmptyVariables() {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); value == "" && strings.HasPrefix(name, environmentPrefix) {
			_ = os.Unsetenv(name)
		}
	}
}

// ofKubernetes are the variables that every container gets about a service called wizgy. The value
// of WIZGY_PORT is a URL then, so that a port which somebody has set is still found out.
var ofKubernetes = regexp.MustCompile(`^WIZGY_(.*_)?(SERVICE_(HOST|PORT(_.*)?)=|PORT=.*://|PORT_[0-9]+_[A-Z]+(_(PROTO|PORT|ADDR))?=)`)

// unknownVariable returns what is wrong with a variable of the environment that looks as if it set
// an option, and does not.
func unknownVariable(environ []string, app *kong.Application) error {
	known := variables(app.Node)
	slices.Sort(known)
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, environmentPrefix) || slices.Contains(known, name) || ofKubernetes.MatchString(variable) {
			continue
		}
		likely := nearest(name, known)
		if option, ok := otherNames[inFile(name)]; ok {
			likely = environmentPrefix + strings.ToUpper(strings.ReplaceAll(option, "-", "_"))
		}
		return fmt.Errorf("%s, in the environment, is no option: did you mean %s?", name, likely)
	}
	return nil
}

// inFile is what an option is called in wizgy.toml that a variable is named for.
func inFile(variable string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(variable, environmentPrefix)), "_", "-")
}

// variables are the names of those that set options of a command, and of the commands below it.
func variables(command *kong.Node) (names []string) {
	for _, flag := range command.Flags {
		names = append(names, flag.Envs...)
	}
	for _, child := range command.Children {
		names = append(names, variables(child)...)
	}
	return names
}
