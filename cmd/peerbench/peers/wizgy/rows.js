const rows = {{.Rows}};

const escape = (text) => text
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  .replaceAll('"', "&quot;").replaceAll("'", "&#39;");

export function application(environ, start_response) {
  const sorted = [...rows].sort((a, b) => a[0] < b[0] ? -1 : 1);
  const lines = sorted.map(([name, note]) => `<tr><td>${escape(name)}<td>${escape(note)}\n`);
  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [`<!DOCTYPE html>\n<title>Rows</title>\n<table>\n${lines.join("")}</table>\n`];
}
