package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	goruntime "runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// endless says from which page on a process is to go through a file of pages.
const endless = "WIZGY_ENDLESS"

// fineMark ends the name of a page that is no error.
const fineMark = " (fine)"

// TestNoRecursionEndsTheProcess has pages that fill the stack.
func TestNoRecursionEndsTheProcess(t *testing.T) {
	surviveAll(t, "testdata/endless.txtar", "")
}

// TestNoSizeEndsTheProcess has pages that fill the memory.
func TestNoSizeEndsTheProcess(t *testing.T) {
	surviveAll(t, "testdata/large.txtar", "const big = 'x'.repeat(7e6);\n")
}

// surviveAll runs the pages of a file in a process of their own, since a stack that overflows takes the
// whole process with it. Where one does, the next process goes on behind it.
func surviveAll(t *testing.T, file, prelude string) {
	pages, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if from, err := strconv.Atoi(os.Getenv(endless)); err == nil {
		runEndless(t, pages.Files[from:], prelude)
		return
	}
	if raceEnabled {
		t.Skip("limits of time and memory are tried without the race detector, which multiplies both")
	}
	t.Parallel()
	for at := 0; at < len(pages.Files); {
		begun, output := endlessFrom(t, at)
		if at += begun; begun == 0 {
			t.Fatalf("the process did not start:\n%s", output)
		}
		if output != "" {
			t.Errorf("%s: the process ended: %.2000s", pages.Files[at-1].Name, output)
		}
	}
}

// endlessFrom runs a process, and returns how many pages it began, and what it left to say if it died.
func endlessFrom(t *testing.T, at int) (begun int, output string) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), endless+"="+strconv.Itoa(at), "GOMEMLIMIT=1GiB", "GOTRACEBACK=none")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var last bytes.Buffer
	cmd.Stderr = &last
	if testing.Verbose() {
		cmd.Stderr = io.MultiWriter(&last, os.Stderr)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	passed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "begin "):
			begun++
		case strings.HasPrefix(line, "wrong "):
			t.Error(line)
		case strings.HasPrefix(line, "--- PASS"), line == "PASS":
			passed = true
		}
	}
	if err := cmd.Wait(); !passed {
		return begun, fmt.Sprint(err, "\n", last.String())
	}
	return begun, ""
}

// runEndless asks for pages, each of which is answered with an error, and goes on working.
func runEndless(t *testing.T, pages []txtar.File, prelude string) {
	debug.SetMaxStack(mostStack)
	for _, page := range pages {
		fmt.Println("begin " + page.Name)
		goruntime.GC() // what the last one has left is not this one's
		s := serve(t, Config{NoStart: true, MaxRuntimes: 1, MaxHeap: 1 << 30, MaxValue: 8 << 20, Timeout: 5 * time.Second}, map[string]string{"page.js": endlessPage(prelude + string(page.Data))})
		start := time.Now()
		err := s.ServePage(discarding{httptest.NewRecorder()}, httptest.NewRequest("GET", "/page?deep", nil))
		var e *Error
		fine := strings.HasSuffix(page.Name, fineMark) && err == nil
		if !fine && (!errors.As(err, &e) || e.HTTPStatus() != 500 || !bounded(e)) {
			fmt.Printf("wrong %s: got %v\n", page.Name, err)
		}
		if d := time.Since(start); d > 10*time.Second {
			fmt.Printf("wrong %s: it took %v\n", page.Name, d)
		}
		fmt.Fprintf(os.Stderr, "%-50s %6v %v\n", page.Name, time.Since(start).Round(time.Millisecond), err)
		if status, body, err := s.get("/page"); status != 200 || body != "ok" {
			fmt.Printf("wrong %s: then, the page gave %d %q, %v\n", page.Name, status, body, err)
		}
	}
}

// endlessPage is a page that runs code where the request has a query.
func endlessPage(code string) string {
	async := ""
	if strings.Contains(code, "await ") {
		async = "async "
	}
	return "export " + async + "function application(environ, start_response) {\nif (environ.QUERY_STRING) {\n" + code + "\n}\nstart_response('200 OK', []); return 'ok' }"
}

// discarding forgets the body.
type discarding struct{ *httptest.ResponseRecorder }

func (d discarding) Write(b []byte) (int, error)       { return len(b), nil }
func (d discarding) WriteString(s string) (int, error) { return len(s), nil }
