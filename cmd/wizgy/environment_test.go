package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func commandModel(t *testing.T) *kong.Application {
	t.Helper()
	parser, err := kong.New(&commandLine{}, kong.DefaultEnvars("WIZGY"), kong.Vars{"version": ""}, defaults)
	if err != nil {
		t.Fatal(err)
	}
	return parser.Model
}

func TestVariablesAreNamedAsTheOptions(t *testing.T) {
	known := variables(commandModel(t).Node)
	var o struct{ options }
	for name := range optionFlags(&o) {
		if want := "WIZGY_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")); !slices.Contains(known, want) {
			t.Errorf("%s has no variable %s", name, want)
		}
	}
}

func TestUnknownVariable(t *testing.T) {
	for variable, want := range map[string]string{
		"PATH=/bin":                          "",
		"WIZGY_TIMEOUT=5s":                   "",
		"WIZGY_HTTP1=std":                    "",
		"WIZGY_NO_GET=true":                  "",
		"WIZGY_CONFIG=a.toml":                "",
		"WIZGY_TIMEOT=5s":                    "did you mean WIZGY_TIMEOUT?",
		"WIZGY_MAXBODY=1":                    "did you mean WIZGY_MAX_BODY?",
		"WIZGY_HTTP_1=std":                   "did you mean WIZGY_HTTP1?",
		"WIZGY_PORT=8080":                    "WIZGY_PORT, in the environment, is no option: did you mean WIZGY_ADDR?",
		"WIZGY_TRUSTED_PROXIES=x":            "did you mean WIZGY_TRUST_PROXY?",
		"WIZGY_PROXY=x":                      "did you mean WIZGY_TRUST_PROXY?",
		"WIZGY_REAL_IP=x":                    "did you mean WIZGY_TRUST_PROXY?",
		"WIZGY_UMASK=x":                      "did you mean WIZGY_SOCKET_MODE?",
		"WIZGY_PORT=tcp://10.0.0.1:80":       "",
		"WIZGY_PORT_80_TCP=tcp://10.0.0.1":   "",
		"WIZGY_PORT_80_TCP_ADDR=10.0.0.1":    "",
		"WIZGY_SERVICE_HOST=10.0.0.1":        "",
		"WIZGY_BLUE_SERVICE_PORT_HTTPS=8443": "",
		"WIZGY_TIMEOUTS=tcp://10.0.0.1":      "did you mean WIZGY_TIMEOUT?",
	} {
		err := unknownVariable([]string{variable}, commandModel(t))
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", variable, err, want)
		}
	}
}
