import { createServer } from "node:http";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { hello, html, json, table, text, types } from "./pages.mjs";

function send(res, type, body) {
  res.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  res.end(body);
}

async function file(req, res, path) {
  const name = join({{.HTML | quote}}, path);
  const info = await stat(name);
  const etag = `"${info.size.toString(16)}-${info.mtimeMs.toString(16)}"`;
  if (req.headers["if-none-match"] === etag) {
    res.writeHead(304, { ETag: etag });
    return res.end();
  }
  res.writeHead(200, { "Content-Type": types[extname(name)], "Content-Length": info.size, ETag: etag });
  createReadStream(name).pipe(res);
}

async function answer(req, res) {
  const mark = req.url.indexOf("?");
  const path = mark < 0 ? req.url : req.url.slice(0, mark);
  switch (path) {
    case "/hello":
      return send(res, text, hello(req.method, path));
    case "/json":
      return send(res, "application/json", JSON.stringify(json(req.method, path, new URLSearchParams(req.url.slice(mark)))));
    case "/rows":
      return send(res, html, table());
    case "/echo": {
      const pieces = [];
      for await (const piece of req) pieces.push(piece);
      return send(res, "application/octet-stream", Buffer.concat(pieces));
    }
  }
  await file(req, res, path);
}

createServer((req, res) => {
  answer(req, res).catch((error) => {
    console.error(error);
    res.writeHead(500).end();
  });
}).listen({{.Port}}, "127.0.0.1");
