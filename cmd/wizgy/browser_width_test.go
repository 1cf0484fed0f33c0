package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// framesOf shows pages in frames of a telephone's width, and notes those that are wider than their frame.
const framesOf = `<!DOCTYPE html><title>0</title><ul></ul><script>
for (const page of "PAGES".split(" ")) for (const width of [320, 390]) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "border: 0; height: 600px; width: " + width + "px";
  frame.src = page;
  frame.onload = () => {
    const wide = frame.contentDocument.documentElement.scrollWidth;
    const item = document.createElement("li");
    item.textContent = wide > width ? page + " is " + wide + " pixels wide, in " + width : "fits";
    document.querySelector("ul").append(item);
  };
  document.body.append(frame);
}
</script>`

// TestBrowserPagesFitATelephone: nobody has to scroll the documentation, or an example, sideways.
func TestBrowserPagesFitATelephone(t *testing.T) {
	site := t.TempDir()
	for _, half := range []string{"html", "apps"} {
		if err := os.CopyFS(filepath.Join(site, half), os.DirFS(filepath.Join(repository, half))); err != nil {
			t.Fatal(err)
		}
	}
	pages := []string{"/form", "/environ", "/todo", "/chinese", "/typescript", "/greet/Ada"}
	files, err := filepath.Glob(filepath.Join(site, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		pages = append(pages, "/"+filepath.Base(file))
	}
	frames := strings.Replace(framesOf, "PAGES", strings.Join(pages, " "), 1)
	if err := os.WriteFile(filepath.Join(site, "html", "frames.html"), []byte(frames), 0o644); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, serveSite(t, "serve", site)+"/frames.html")
	for _, item := range regexp.MustCompile(`<li>[^<]* wide, [^<]*`).FindAllString(dom, -1) {
		t.Error(strings.TrimPrefix(item, "<li>"))
	}
	if got := strings.Count(dom, "<li>"); got != 2*len(pages) {
		t.Errorf("%d frames were shown, want %d", got, 2*len(pages))
	}
}
