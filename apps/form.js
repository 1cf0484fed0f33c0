// A form: GET shows it, POST reads it. Whatever comes from outside is checked
// first, and escaped when it is shown (html`…` does that).

import { html, page } from "./_lib/html.js";

const MAX_BODY = 10_000; // bytes; a form of two fields has no need for more
const FORM = "application/x-www-form-urlencoded";

export function application(environ, start_response) {
  const answer = (status, main, ...headers) => {
    headers.unshift(["Content-Type", "text/html; charset=utf-8"]);
    start_response(status, headers);
    return [page({ title: "A form", file: "apps/form.js", main })];
  };

  switch (environ.REQUEST_METHOD) {
    case "GET":
    case "HEAD": // has the answer of GET; the server leaves the body out
      return answer("200 OK", form());
    case "POST":
      break;
    default: // whoever refuses a method says which ones there are
      return answer("405 Method Not Allowed",
        html`<h1>This form takes GET and POST</h1>`, ["Allow", "GET, HEAD, POST"]);
  }

  // A header's name has no case, and "; charset=…" may follow the type.
  const type = (environ.CONTENT_TYPE ?? "").split(";")[0].trim().toLowerCase();
  if (type !== FORM) {
    return answer("415 Unsupported Media Type", html`<h1>This is no form</h1>`);
  }
  // One byte more than allowed is enough to know that it is too much.
  const body = environ["wsgi.input"].read(MAX_BODY + 1);
  if (body.length > MAX_BODY) {
    return answer("413 Content Too Large", html`<h1>That is too much</h1>`);
  }

  const fields = new URLSearchParams(new TextDecoder().decode(body));
  const name = (fields.get("name") ?? "").trim();
  const cups = (fields.get("cups") ?? "").trim();
  const errors = validate(name, cups);
  if (errors.name || errors.cups) {
    return answer("422 Unprocessable Content", form({ name, cups }, errors));
  }
  // Nothing was stored, so there is nothing that a reload could do twice.
  // A page that stores something answers "303 See Other" here instead.
  return answer("200 OK", html`<h1>Thank you, ${name}</h1>
<p>That makes ${cups} ${cups === "1" ? "cup" : "cups"} of tea.
<a href="/form">Once more?</a></p>`);
}

// The browser checks too, for comfort; only what is checked here counts.
function validate(name, cups) {
  const errors = {};
  if (name === "") errors.name = "Who is the tea for?";
  else if ([...name].length > 40) errors.name = "40 characters are enough for a cup.";
  if (!/^[1-9]$/.test(cups)) errors.cups = "From 1 to 9 cups, please.";
  return errors;
}

function form(values = { name: "", cups: "2" }, errors = {}) {
  const field = (id, label, attributes) => html`
<p class="field">
<label for="${id}">${label}</label>
<input id="${id}" name="${id}" value="${values[id]}" ${attributes} required
${errors[id] && html`aria-invalid="true" aria-describedby="${id}-error"`}>
${errors[id] && html`<strong id="${id}-error">${errors[id]}</strong>`}
</p>`;

  return html`<h1>Tea?</h1>
<form method="post" action="/form">
${field("name", "Your name", html`maxlength="40" autocomplete="name"`)}
${field("cups", "How many cups", html`type="number" min="1" max="9"`)}
<p><button>Order</button></p>
</form>`;
}
