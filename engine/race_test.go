//go:build race

package engine

// raceEnabled tells that everything takes its time.
const raceEnabled = true
