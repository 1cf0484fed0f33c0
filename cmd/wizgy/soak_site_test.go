package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// versions are those of something that changes: what is asked now may be of any version from the
// one that was last seen to the one that was last begun.
type versions struct{ seen, begun atomic.Int64 }

// savedPage is a page that somebody works on.
type savedPage struct {
	name string // its URL is /name
	file string // below apps/
	ways []saveWay
	versions
}

// largeSize is that of the file large.bin.
const largeSize = 1<<20 + 1<<19 + 7

// largeFile has nothing in it that comes twice.
func largeFile() []byte {
	b := make([]byte, 0, largeSize+8)
	for i := uint32(1); len(b) < largeSize; i++ {
		x := i * 2654435761
		b = append(b, byte(x>>24), byte(x>>16), byte(x>>8), byte(i))
	}
	return b[:largeSize]
}

func smallFile(n int) string { return strings.Repeat(fmt.Sprintf("file %d\n", n), 20+n*40) }

const smallFiles = 5

// pageOfVersion is a page that tells its version, and of which no part is a page.
func pageOfVersion(n int64) string {
	return fmt.Sprintf("const first = \"%08d\";\n%s\nmodule.exports = (environ, start_response) => {\n"+
		"  start_response(\"200 OK\", [[\"Content-Type\", \"text/plain\"]]);\n  return [first + \" \" + last + \"\\n\"];\n};\nvar last = \"%08[1]d\";\n",
		n, strings.Repeat("// text that takes room\n", 200))
}

// fileOfVersion is a static file likewise.
func fileOfVersion(n int64) string { return strings.Repeat(fmt.Sprintf("%08d\n", n), 500) }

// releaseFiles are the files that differ from release to release.
func releaseFiles(n int64) map[string]string {
	mark := fmt.Sprintf("exports.mark = \"%08d\";\n", n)
	return map[string]string{
		"apps/_release/one.js": mark,
		"apps/_release/two.js": mark,
		"apps/release.js": fmt.Sprintf(`const { mark: one } = require("./_release/one.js");
const { mark: two } = require("./_release/two.js");
let requests = 0;
exports.application = (environ, start_response) => {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["%08d", " ", one, " ", two, " ", String(++requests), "\n"];
};
`, n),
		"html/release.txt": fileOfVersion(n),
	}
}

// makeSite makes the first release.
func (s *soak) makeSite() error {
	s.pages = []*savedPage{
		{name: "saved", file: "saved.js", ways: fileWays},
		{name: "moved/page", file: "moved/page.js", ways: append([]saveWay{{"folder renamed", moveFolder}}, fileWays[:2]...)},
		{name: "linked", file: "linked.js", ways: []saveWay{{"link switched", switchFileLink}}},
	}
	files := maps.Clone(goodPages)
	maps.Copy(files, brokenPages)
	maps.Copy(files, releaseFiles(0))
	for _, p := range s.pages {
		files["apps/"+p.file] = pageOfVersion(0)
	}
	for i := range smallFiles {
		files[fmt.Sprintf("html/small%d.txt", i)] = smallFile(i)
	}
	files["html/large.bin"] = string(largeFile())
	files["html/version.txt"] = fileOfVersion(0)
	files["wizgy.toml"] = "browse = false\n"
	if err := writeAll(filepath.Join(s.dir, "release0"), files); err != nil {
		return err
	}
	return os.Symlink("release0", filepath.Join(s.dir, "current"))
}

// site is the folder that is served.
func (s *soak) site() string { return filepath.Join(s.dir, "current") }

// goodPages have answers that can be computed.
var goodPages = map[string]string{
	"apps/ok.js": `exports.application = (environ, start_response) => {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["ok\n"];
};
`,
	"apps/echo.js": `let last;
exports.application = (environ, start_response) => {
  last = environ.QUERY_STRING;
  let text = "";
  for (let i = 0; i < 50; i++) text += last[i % last.length];
  start_response("200 OK", [["Content-Type", "text/plain"], ["X-Token", environ.HTTP_X_TOKEN]]);
  return [last, "\n", text, "\n"];
};
`,
	"apps/later.js": `exports.application = async (environ, start_response) => {
  const token = environ.QUERY_STRING;
  await new Promise((done) => setTimeout(done, token.length % 7));
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return token + "\n";
};
`,
	"apps/stream.js": `exports.application = async function* (environ, start_response) {
  const token = environ.QUERY_STRING;
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  for (let i = 0; i < 20; i++) {
    yield token + " " + i + "\n";
    if (i % 5 == 0) await new Promise((done) => setTimeout(done, 2));
  }
};
`,
	"apps/sum.js": `exports.application = (environ, start_response) => {
  let length = 0, sum = 0;
  for (let part; (part = environ["wsgi.input"].read(8192)).length > 0; length += part.length) sum += part[0];
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return [environ.QUERY_STRING + " " + length + " " + "\n"];
};
`,
	"apps/back.js": `exports.application = (environ, start_response) => {
  start_response("200 OK", [["Content-Type", "application/octet-stream"]]);
  return function* () {
    for (let part; (part = environ["wsgi.input"].read(10000)).length > 0; ) yield part;
  }();
};
`,
}
