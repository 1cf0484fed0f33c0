import { hello, html, json, table, text, types } from "./pages.mjs";

const answer = (body, type) => new Response(body, { headers: { "Content-Type": type } });

async function file(req, path) {
  const handle = await Deno.open({{.HTML | quote}} + path);
  const info = await handle.stat();
  const etag = `"${info.size.toString(16)}-${info.mtime.getTime().toString(16)}"`;
  if (req.headers.get("if-none-match") === etag) {
    handle.close();
    return new Response(null, { status: 304, headers: { ETag: etag } });
  }
  const type = types[path.slice(path.lastIndexOf("."))];
  return new Response(handle.readable, { headers: { "Content-Type": type, "Content-Length": info.size, ETag: etag } });
}

Deno.serve({ port: {{.Port}}, hostname: "127.0.0.1" }, async (req) => {
  const url = new URL(req.url);
  switch (url.pathname) {
    case "/hello": return answer(hello(req.method, url.pathname), text);
    case "/json": return Response.json(json(req.method, url.pathname, url.searchParams));
    case "/rows": return answer(table(), html);
    case "/echo": return answer(await req.arrayBuffer(), "application/octet-stream");
  }
  return await file(req, url.pathname);
});
