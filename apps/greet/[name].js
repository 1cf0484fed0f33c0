// /greet/Ada: the brackets in the file's name are a place for any text, and
// params gives that text, decoded.

import { params } from "wizgy:http";
import { html, page } from "../_lib/html.js";

const others = ["Grace", "小明", "<b>O’Neill</b>"];

export function application(environ, start_response) {
  const { name } = params(environ);

  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [page({
    title: `Hello, ${name}`,
    file: "apps/greet/[name].js",
    main: html`<h1>Hello, ${name}!</h1>
<p>Change the last part of the address, or greet someone else:</p>
<ul>${others.map((other) => html`
<li><a href="/greet/${encodeURIComponent(other)}">${other}</a></li>`)}
</ul>`,
  })];
}
