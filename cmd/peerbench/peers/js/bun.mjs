import { hello, html, json, table, text } from "./pages.mjs";

const answer = (body, type) => new Response(body, { headers: { "Content-Type": type } });

async function file(req, path) {
  const found = Bun.file({{.HTML | quote}} + path);
  const { size, mtimeMs } = await found.stat();
  const etag = `"${size.toString(16)}-${mtimeMs.toString(16)}"`;
  if (req.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { ETag: etag } });
  return new Response(found, { headers: { ETag: etag } });
}

Bun.serve({
  port: {{.Port}},
  hostname: "127.0.0.1",
  async fetch(req) {
    const url = new URL(req.url);
    switch (url.pathname) {
      case "/hello": return answer(hello(req.method, url.pathname), text);
      case "/json": return Response.json(json(req.method, url.pathname, url.searchParams));
      case "/rows": return answer(table(), html);
      case "/echo": return answer(await req.arrayBuffer(), "application/octet-stream");
    }
    return file(req, url.pathname);
  },
});
