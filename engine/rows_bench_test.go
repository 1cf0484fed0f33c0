package engine

import (
	"strings"
	"testing"
)

// BenchmarkRows tells what the everyday work of a page costs: a dozen rows are sorted, escaped in
// one of the ways that people write, and put together.
func BenchmarkRows(b *testing.B) {
	const page = `const rows = [["Pear & plum","ripe < 3 days"],["Apple","<b>red</b>"],["Zucchini","long > 20 cm"],["Fig","dried & fresh"],
  ["Müller & Söhne","bread"],["Cherry","sour"],["Lime","<i>green</i>"],["Onion","white, red"],["Date","sweet & sticky"],
  ["Banana","1 < 2 > 0"],["Grape","seedless"],["Kiwi","& so on"]];
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = ESCAPE;
export function application(environ, start_response) {
  const sorted = [...rows].sort((a, b) => a[0] < b[0] ? -1 : 1);
  const lines = sorted.map(([name, note]) => ` + "`<tr><td>${escape(name)}<td>${escape(note)}\\n`" + `);
  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [` + "`<!DOCTYPE html>\\n<title>Rows</title>\\n<table>\\n${lines.join(\"\")}</table>\\n`" + `];
}
`
	for name, escape := range map[string]string{
		"not escaped": `(text) => text`,
		"replaceAll":  `(text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;")`,
		"regexps":     `(text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;")`,
		"callback":    `(text) => text.replace(/[&<>"']/g, (c) => entities[c])`,
	} {
		b.Run(name, func(b *testing.B) { benchPage(b, strings.Replace(page, "ESCAPE", escape, 1)) })
	}
}
