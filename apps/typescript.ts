// A page in TypeScript: the moon of the next two weeks. Types are taken off
// when the file is loaded; an error still names the line in this file.

import { html, page } from "./_lib/html.js";
import { phase } from "./_lib/moon.ts";
import type { Environ, StartResponse } from "./_lib/wsgi.ts";

const DAY = 24 * 60 * 60 * 1000;

function row(date: Date) {
  const { name, sign, age } = phase(date);
  const day = date.toISOString().slice(0, 10);
  return html`
<tr><th scope="row"><time datetime="${day}">${day}</time></th>
<td>${sign} ${name}</td><td class="number">${age.toFixed(1)}</td></tr>`;
}

export function application(environ: Environ, start_response: StartResponse) {
  const today = Date.now();
  const dates = Array.from({ length: 14 }, (_, i) => new Date(today + i * DAY));

  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [page({
    title: "The moon",
    file: "apps/typescript.ts",
    main: html`<h1>The moon</h1>
<table>
<caption>The next two weeks</caption>
<thead><tr><th scope="col">Day</th><th scope="col">Phase</th>
<th scope="col" class="number">Days old</th></tr></thead>
<tbody>${dates.map(row)}
</tbody>
</table>`,
  })];
}
