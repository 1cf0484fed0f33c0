package engine

import (
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A loop may have several labels (ECMA-262, "Static Semantics: LabelSet"): a: b: for (;;) { continue a }.
// esbuild knows only the innermost. So where it refuses the others, the page is bundled once more with that.

// continuation is where a file has a continue with a label that is refused.
type continuation struct {
	line, column int // from 1, and in bytes from 0
	label        string
}

var refusedLabel = regexp.MustCompile(`^Cannot continue to label "(.+)"$`)

// noteLabels notes what labels are refused, and reports whether there are new ones.
func (b *bundling) noteLabels(errs []api.Message) (any bool) {
	for _, m := range errs {
		found := refusedLabel.FindStringSubmatch(m.Text)
		if found == nil || m.Location == nil {
			continue
		}
		path, c := b.path(m.Location), continuation{m.Location.Line, m.Location.Column, found[1]}
		if !b.labels[path][c] {
			if b.labels[path] == nil {
				b.labels[path] = map[continuation]bool{}
			}
			b.labels[path][c], any = true, true
		}
	}
	return any
}

// relabel puts the innermost label of the loop in place of those that are refused.
func relabel(content string, refused map[continuation]bool) string {
	lines := strings.SplitAfter(content, "\n")
	for c := range refused {
		at := 0
		for _, line := range lines[:min(c.line-1, len(lines))] {
			at += len(line)
		}
		if c.line > len(lines) || !strings.HasPrefix(content[min(at+c.column, len(content)):], c.label) {
			continue
		}
		labels := regexp.MustCompile(`(?:^|[^\w$])` + regexp.QuoteMeta(c.label) + `\s*:\s*(?:[\w$]+\s*:\s*)*?([\w$]+)\s*:\s*(?:for|while|do)\b`)
		loops := labels.FindAllStringSubmatch(content[:at+c.column], -1)
		if len(loops) == 0 {
			continue
		}
		line := lines[c.line-1]
		inner := loops[len(loops)-1][1]
		lines[c.line-1] = line[:c.column] + inner + strings.Repeat(" ", max(0, len(c.label)-len(inner))) + line[c.column+len(c.label):]
		content = strings.Join(lines, "")
	}
	return content
}
