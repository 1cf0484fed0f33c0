//go:build !race

package main

// withRace reports whether the race detector is built in, which takes many times the memory.
const withRace = false
