package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version returns the module's version, the commit that it was built from, and what has built it, as
// far as the build knows them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "wizgy, of an unknown version"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	text := "wizgy " + info.Main.Version
	revision := settings["vcs.revision"]
	if revision == "" {
		text += ", revision unknown"
	} else {
		text += fmt.Sprintf(", revision %s of %s", revision, settings["vcs.time"])
		if settings["vcs.modified"] == "true" {
			text += ", changed since"
		}
	}
	return fmt.Sprintf("%s, %s %s/%s", text, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
