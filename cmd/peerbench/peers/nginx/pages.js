const rows = {{.Rows}};

const escape = (text) => text // without replaceAll, which njs has learned late
  .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
  .replace(/"/g, "&quot;").replace(/'/g, "&#39;");

function send(r, type, body) {
  r.headersOut["Content-Type"] = type;
  r.return(200, body);
}

function hello(r) {
  send(r, "text/plain; charset=utf-8", `Hello from ${r.method} ${r.uri}\n`);
}

function json(r) {
  const n = Number(r.args.n);
  send(r, "application/json", JSON.stringify({
    method: r.method, path: r.uri, name: r.args.name, n: n, square: n * n, tags: ["one", "two"], ok: true,
  }));
}

function table(r) {
  const sorted = rows.slice().sort((a, b) => a[0] < b[0] ? -1 : 1);
  const lines = sorted.map((row) => `<tr><td>${escape(row[0])}<td>${escape(row[1])}\n`);
  send(r, "text/html; charset=utf-8", `<!DOCTYPE html>\n<title>Rows</title>\n<table>\n${lines.join("")}</table>\n`);
}

function echo(r) {
  send(r, "application/octet-stream", r.requestBuffer);
}

export default { hello, json, table, echo };
