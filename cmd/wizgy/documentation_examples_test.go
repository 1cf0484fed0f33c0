package main

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wizgy/engine"
	"wizgy/server"
)

// TestExamplesOfTheDocumentation runs what the documentation shows. Each pre element says with
// data-example what it is, or with data-source which file it shows.
func TestExamplesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(t *testing.T, text string){
		"page":         tryPage,
		"declarations": func(t *testing.T, text string) { tryPage(t, text+emptyPage) },
		"statements":   tryStatements,
		"forms":        tryForms,
		"returns":      tryReturns,
		"toml":         tryTOML,
		"ways":         tryWays,
		"command":      tryCommand,
		"shell":        nil, // TestShellExamples
		"answer":       nil, // TestStartPageExamples
		"dev-error":    nil, // likewise
		"go":           nil, // TestAnotherModuleUsesThisOne
		"nginx":        nil, // TestBehindNginx
		"usage":        tryUsage,
		"output":       nil, // what wizgy logs
		"elsewhere":    nil, // what needs another machine, root, or ten minutes
	}
	pages, err := filepath.Glob(filepath.Join(repository, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		for i, e := range examplesOf(t, "html/"+filepath.Base(page)) {
			kind, _, _ := strings.Cut(e.kind, ":")
			try, known := kinds[kind]
			switch {
			case !known && e.source == "":
				t.Errorf("%s: example %d has data-example=%q: say what it is, one of %q\n%s",
					filepath.Base(page), i+1, e.kind, slices.Sorted(maps.Keys(kinds)), e.text)
			case try != nil:
				t.Run(fmt.Sprintf("%s/%d", filepath.Base(page), i+1), func(t *testing.T) {
					t.Parallel()
					try(t, e.text)
				})
			}
		}
	}
}

// exampleSite is what examples import.
var exampleSite = map[string]string{
	"apps/_lib/html.js": "export const html = String.raw;", "apps/_config.json": "{}", "apps/_find.sql": "select 1", "apps/_logo.png": "\x89PNG",
	"node_modules/marked/package.json": `{"name": "marked", "main": "index.js"}`, "node_modules/marked/index.js": "export const marked = {}",
}

const emptyPage = `
export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return [];
}`

// tryPage asks a page that is named for all that examples may be.
func tryPage(t *testing.T, text string) {
	t.Helper()
	files := map[string]string{"apps/[id].jsx": text}
	for name, content := range exampleSite {
		files[name] = content
	}
	quiet := slog.New(slog.DiscardHandler)
	pages, err := engine.New(engine.Config{Dir: filepath.Join(makeSite(t, files), "apps"), NoWatch: true, Dev: true, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer pages.Close()
	site, err := server.New(server.Config{Pages: pages, Dev: true, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	for _, r := range []*http.Request{httptest.NewRequest("GET", "/7", nil), httptest.NewRequest("POST", "/7", strings.NewReader(`{"a": 1}`))} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s\nof\n%s", r.Method, w.Code, w.Body, text)
		}
	}
}

// tryStatements runs what stands within a function. What it does not declare is there.
func tryStatements(t *testing.T, text string) {
	t.Helper()
	answer := `start_response("200 OK", [["Content-Type", "text/plain"]]);`
	if strings.Contains(text, "start_response(") && !strings.Contains(text, ", error)") {
		answer = ""
	}
	tryPage(t, `
const rows = ["a", "b"], pngBytes = new Uint8Array(4);
const render = () => "text";
function* lines() { yield "a\n"; yield "b\n"; }
export async function application(environ, start_response) {
  if (environ.REQUEST_METHOD === "GET") { start_response("200 OK", []); return []; }
  `+answer+`
  const result = await (async () => {
`+text+`
  })();
  if (result === undefined && `+fmt.Sprint(answer == "")+`) start_response("200 OK", []);
  return result ?? [];
}`)
}

var ellipsis = strings.NewReplacer("{ … }", `{ start_response("200 OK", []); return []; }`, "= …;", `= (environ, start_response) => { start_response("200 OK", []); return []; };`, "(…)", "(environ, start_response)")

// tryForms takes each line for a page of which the middle is left out.
func tryForms(t *testing.T, text string) {
	for line := range strings.Lines(text) {
		tryPage(t, ellipsis.Replace(line))
	}
}

// tryReturns takes each line for the end of a page, or for one of which the middle is left out.
func tryReturns(t *testing.T, text string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "return ") {
			tryStatements(t, line)
		} else {
			tryForms(t, strings.Replace(line, "{ … }", `{ start_response("200 OK", []); yield "a"; }`, 1))
		}
	}
}

func tryTOML(t *testing.T, text string) {
	t.Helper()
	file := configFile{name: "wizgy.toml", text: []byte(text)}
	file.options()
	if err := file.err(); err != nil {
		t.Errorf("%v\nin\n%s", err, text)
	}
}

// tryWays looks at three ways to say the same: in the file, by a flag, in the environment.
func tryWays(t *testing.T, text string) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 3 {
		t.Fatalf("want three lines, got %q", lines)
	}
	tryTOML(t, lines[0])
	tryCommand(t, lines[1])
	variable, command, _ := strings.Cut(lines[2], " ")
	if err := unknownVariable([]string{variable}, commandModel(t)); err != nil {
		t.Error(err)
	}
	tryCommand(t, command)
}

// tryCommand looks whether a command line is right, by giving it to check.
func tryCommand(t *testing.T, text string) {
	t.Helper()
	args := fields(strings.TrimSpace(text))
	if args[0] != "wizgy" {
		t.Fatalf("%q is no command of wizgy", text)
	}
	site := makeSite(t, map[string]string{"html/index.html": ""})
	if args = args[1:]; len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = args[1:] // the folder
	}
	var out strings.Builder
	if status := run(&program{ctx: t.Context(), stdout: &out, stderr: &out}, append([]string{"check", site}, args...)); status != 0 {
		t.Errorf("%s\n%s", text, &out)
	}
}

var field = regexp.MustCompile(`'[^']*'|\S+`)

// fields splits a line as a shell does.
func fields(line string) []string {
	words := field.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.Trim(words[i], "'")
	}
	return words
}

// tryUsage looks whether there are the commands that a list has.
func tryUsage(t *testing.T, text string) {
	for line := range strings.Lines(text) {
		name := strings.Trim(strings.Fields(line)[1], "[]")
		if status := run(&program{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard}, []string{"help", name}); status != 0 {
			t.Errorf("there is no command %s", name)
		}
	}
}

// TestWhatIsNotThere looks whether the names that the start page says are not there are not: whoever
// adds one takes it off that list.
func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(repository, "html", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(content), `<ul id="not">`)
	list, _, _ = strings.Cut(list, "</ul>")
	var names []string
	for _, m := range regexp.MustCompile(`<code>(\w+)</code>`).FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	if len(names) < 5 {
		t.Fatalf("the list has %q only", names)
	}
	for _, name := range names {
		tryStatements(t, "if (typeof globalThis["+fmt.Sprintf("%q", name)+"] !== 'undefined') throw new Error('"+name+" is there: it is on the list of html/index.html');")
	}
}
