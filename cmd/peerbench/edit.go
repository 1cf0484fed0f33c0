//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"time"
)

// editJob is what the role edit is to do.
type editJob struct {
	URL      string
	File     string        // whose text "edit N" is what the answer says
	Duration time.Duration // for which edits follow one another; there is one at least
	Limit    time.Duration // for one of them
}

// editResult is how long it took until the new answer was there.
type editResult struct {
	Edits    int
	P50, P99 time.Duration
	Wrong    string
}

var (
	editText   = regexp.MustCompile(`edit \d+`)
	editAnswer = regexp.MustCompile(`^edit \d+\n$`)
)

// editAndAsk is what the role edit does.
func editAndAsk() error {
	var j editJob
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	var result editResult
	times, err := j.run()
	if err != nil {
		result.Wrong = err.Error()
	} else {
		slices.Sort(times)
		result = editResult{Edits: len(times), P50: times[len(times)/2], P99: times[len(times)*99/100]}
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		return fmt.Errorf("tell the result: %w", err)
	}
	return nil
}

// run saves again and again, and asks after each save until the answer is new.
func (j editJob) run() ([]time.Duration, error) {
	source, err := os.ReadFile(j.File)
	if err != nil {
		return nil, fmt.Errorf("read what is to be edited: %w", err)
	}
	if _, err := j.ask(); err != nil {
		return nil, err
	}
	var times []time.Duration
	for end := time.Now().Add(j.Duration); len(times) == 0 || time.Now().Before(end); {
		line := fmt.Sprintf("edit %d", time.Now().UnixNano()) // that no earlier round has written
		if err := save(j.File, editText.ReplaceAll(source, []byte(line))); err != nil {
			return nil, err
		}
		saved := time.Now()
		if err := j.await(line + "\n"); err != nil {
			return nil, err
		}
		times = append(times, time.Since(saved))
		time.Sleep(50 * time.Millisecond) // nobody saves as fast as this can
	}
	return times, nil
}

// save replaces a file at once, as most editors do.
func save(name string, content []byte) error {
	if err := os.WriteFile(name+".new", content, 0o644); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// await asks until the answer is want.
func (j editJob) await(want string) error {
	for end := time.Now().Add(j.Limit); ; time.Sleep(200 * time.Microsecond) {
		got, err := j.ask()
		if err != nil || got == want {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the answer was still the old one %v after the save", j.Limit)
		}
	}
}

// ask returns an answer, new or old.
func (j editJob) ask() (string, error) {
	response, err := http.Get(j.URL)
	if err != nil {
		return "", fmt.Errorf("ask after an edit: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("read the answer after an edit: %w", err)
	}
	if response.StatusCode != http.StatusOK || !editAnswer.Match(body) {
		return "", fmt.Errorf("after an edit: status %d and %.60q", response.StatusCode, body)
	}
	return string(body), nil
}
