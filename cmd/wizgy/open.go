package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// openers are the programs that open a URL in the browser that the user has chosen, those that are
// tried first in front.
func openers() [][]string {
	switch runtime.GOOS {
	case "darwin":
		return [][]string{{"open"}}
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
	}
	return [][]string{{"xdg-open"}, {"wslview"}, {"sensible-browser"}, {"x-www-browser"}}
}

// openBrowser shows the site in a browser, if that was asked for, at the first of the URLs that a line
// names and that a browser can open.
func (l *listenFlags) openBrowser(p *program, urls string) {
	if !l.Open {
		return
	}
	_, url, ok := strings.Cut(" and "+urls, " and http")
	if !ok {
		fmt.Fprintln(p.stderr, "wizgy: no browser opens a Unix socket: give --addr an address, too")
		return
	}
	url, _, _ = strings.Cut("http"+url, " and ")
	go func() {
		if !opened(url) {
			fmt.Fprintf(p.stderr, "wizgy: no program is here that opens a browser: open %s in yours\n", url)
		}
	}()
}

// opened opens a URL with the first of the openers that does not fail, and reports whether there is one.
func opened(url string) bool {
	for _, opener := range openers() {
		began := time.Now()
		err := exec.Command(opener[0], append(opener[1:], url)...).Run()
		if err == nil || time.Since(began) > failsWithin {
			return true
		}
	}
	return false
}

// failsWithin is how soon an opener ends that has found no browser. One that is the browser itself
// may end later, and in any way.
const failsWithin = 5 * time.Second
