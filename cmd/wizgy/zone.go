package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
	_ "time/tzdata" // for machines and containers that have none
)

// warnOfZone says so if the variable TZ names no time zone: Go, and so every Date of a page, goes by
// UTC then.
func warnOfZone(logger *slog.Logger) {
	zone := os.Getenv("TZ")
	if name := strings.TrimPrefix(zone, ":"); name == "" || name == "UTC" || time.Local.String() != "UTC" {
		return
	}
	logger.Warn(fmt.Sprintf("TZ is %q, which is no time zone that is known: pages go by UTC. Write a name such as Europe/Berlin", zone))
}
