import { createRequire } from "node:module";
import { hello, json, table } from "./pages.mjs";

const express = createRequire({{.Var.modules | quote}})("express");
const app = express();
app.get("/hello", (req, res) => res.type("text").send(hello(req.method, req.path)));
app.get("/json", (req, res) => res.json(json(req.method, req.path, new URLSearchParams(req.query))));
app.get("/rows", (req, res) => res.send(table()));
app.post("/echo", express.raw({ type: "*/*" }), (req, res) => res.send(req.body));
app.use(express.static({{.HTML | quote}}));
app.listen({{.Port}}, "127.0.0.1");
