import json
import os
from html import escape
from urllib.parse import parse_qs
from wsgiref.util import FileWrapper

ROWS = {{.Rows}}
ROOT = {{.HTML | quote}}
TYPES = {".css": "text/css", ".bin": "application/octet-stream"}


def hello(environ):
    return "text/plain; charset=utf-8", "Hello from %s %s\n" % (environ["REQUEST_METHOD"], environ["PATH_INFO"])


def as_json(environ):
    query = parse_qs(environ["QUERY_STRING"])
    n = int(query["n"][0])
    return "application/json", json.dumps({
        "method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"],
        "name": query["name"][0], "n": n, "square": n * n, "tags": ["one", "two"], "ok": True,
    }, separators=(",", ":"))


def rows(environ):
    lines = ["<tr><td>%s<td>%s\n" % (escape(name), escape(note)) for name, note in sorted(ROWS)]
    return "text/html; charset=utf-8", "<!DOCTYPE html>\n<title>Rows</title>\n<table>\n%s</table>\n" % "".join(lines)


PAGES = {"/hello": hello, "/json": as_json, "/rows": rows}


def file(environ, start_response):
    f = open(ROOT + environ["PATH_INFO"], "rb")
    info = os.fstat(f.fileno())
    etag = '"%x-%x"' % (info.st_size, info.st_mtime_ns)
    if environ.get("HTTP_IF_NONE_MATCH") == etag:
        f.close()
        start_response("304 Not Modified", [("ETag", etag)])
        return []
    kind = TYPES[os.path.splitext(environ["PATH_INFO"])[1]]
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(info.st_size)), ("ETag", etag)])
    return environ.get("wsgi.file_wrapper", FileWrapper)(f, 65536)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/echo":
        kind, body = "application/octet-stream", environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    elif path in PAGES:
        kind, text = PAGES[path](environ)
        body = text.encode()
    else:
        return file(environ, start_response)
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
