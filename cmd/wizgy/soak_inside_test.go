package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
)

// lookInside is the variable with the folder into which a process of the soak test writes, whenever
// it gets SIGUSR2, what cannot be told from outside: what is alive in its heap, and its goroutines.
const lookInside = "TEST_LOOK_INSIDE"

// insight is what a process says of itself after it has collected its garbage and has given all the
// memory back that it can.
type insight struct {
	Live       int // bytes in the heap
	Goroutines int
}

func insightFile(dir string, pid int) string { return filepath.Join(dir, fmt.Sprint(pid, ".json")) }

// mainOfTest is what the test binary runs for wizgy.
func mainOfTest() {
	if dir := os.Getenv(lookInside); dir != "" {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGUSR2)
		go func() {
			for range asked {
				if err := look(dir); err != nil {
					fmt.Fprintln(os.Stderr, err) // which is no line of the log, and fails the test
				}
			}
		}()
	}
	main()
}

// look writes the insight, and beside it the profiles that tell what is behind it.
func look(dir string) error {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what had a finalizer
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	text, err := json.Marshal(insight{Live: int(m.HeapAlloc), Goroutines: runtime.NumGoroutine()})
	if err != nil {
		return err
	}
	name := insightFile(dir, os.Getpid())
	return errors.Join(
		writeProfile(name+".heap", "heap", 0),
		writeProfile(name+".goroutines", "goroutine", 1),
		os.WriteFile(name+".new", text, 0o600),
		os.Rename(name+".new", name))
}

func writeProfile(name, profile string, verbosity int) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup(profile).WriteTo(file, verbosity), file.Close())
}
