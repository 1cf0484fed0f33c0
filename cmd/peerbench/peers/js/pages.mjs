// What the pages say, for whichever server is asked.
const rows = {{.Rows}};

const escape = (text) => text
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  .replaceAll('"', "&quot;").replaceAll("'", "&#39;");

export const hello = (method, path) => `Hello from ${method} ${path}\n`;

export function json(method, path, query) {
  const n = Number(query.get("n"));
  return { method, path, name: query.get("name"), n, square: n * n, tags: ["one", "two"], ok: true };
}

export function table() {
  const sorted = [...rows].sort((a, b) => a[0] < b[0] ? -1 : 1);
  const lines = sorted.map(([name, note]) => `<tr><td>${escape(name)}<td>${escape(note)}\n`);
  return `<!DOCTYPE html>\n<title>Rows</title>\n<table>\n${lines.join("")}</table>\n`;
}

export const text = "text/plain; charset=utf-8", html = "text/html; charset=utf-8";
export const types = { ".css": "text/css", ".bin": "application/octet-stream" };
