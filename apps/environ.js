// Every key of environ, as this very request has it. That includes what you
// set for the site with --set: leave this page out of a public one.

import { html, page } from "./_lib/html.js";

// What is not a string is shown as a kind of thing.
function show(value) {
  if (value === "") return html`<i>empty</i>`;
  if (typeof value === "string") return value;
  const methods = Object.getOwnPropertyNames(value)
    .filter((name) => typeof value[name] === "function");
  if (methods.length > 0) return html`<i>an object with ${methods.join(", ")}</i>`;
  return html`<i>${JSON.stringify(value)}</i>`;
}

export function application(environ, start_response) {
  const rows = Object.keys(environ).map((key) => html`
<tr><th scope="row"><code>${key}</code></th>
<td><code>${show(environ[key])}</code></td></tr>`);

  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [page({
    title: "environ",
    file: "apps/environ.js",
    main: html`<h1><code>environ</code></h1>
<p>What this page knows about your request. Try
<a href="/environ/more/path?a=1&amp;b=2">a longer path with a query</a>
and watch <code>PATH_INFO</code> and <code>QUERY_STRING</code>.</p>
<table class="keys">
<thead><tr><th scope="col">Key</th><th scope="col">Value</th></tr></thead>
<tbody>${rows}
</tbody>
</table>`,
  })];
}
