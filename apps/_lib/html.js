// What the example pages share. The name of this folder starts with "_",
// so no URL leads here: it can only be imported.

// HTML that is ready to be sent, as opposed to text that came from somewhere.
class Html {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
  get [Symbol.toStringTag]() { return "HTML"; } // what JSX makes has the same tag
}

const isHtml = (value) => value?.[Symbol.toStringTag] === "HTML";

// escape makes text safe between tags and inside a quoted attribute.
const escape = (text) => String(text)
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  .replaceAll('"', "&quot;").replaceAll("'", "&#39;");

function render(value) {
  if (isHtml(value)) return String(value);
  if (Array.isArray(value)) return value.map(render).join("");
  if (value == null || value === false) return "";
  return escape(value);
}

// html`<p>${anything}</p>` escapes whatever is put in, unless it is HTML
// already: who writes a page cannot forget it.
export function html(strings, ...values) {
  const parts = strings.map((s, i) => (i > 0 ? render(values[i - 1]) : "") + s);
  return new Html(parts.join(""));
}

const links = [
  "contract", "routing", "reload", "javascript", "commands",
  "configuration", "faults", "examples",
];

// page puts the frame of this site around main. file is the page's own file,
// so that every example can say where its source is.
export function page({ title, main, file, lang = "en" }) {
  const example = file.match(/\w+/g).slice(1, -1).join("-"); // greet-name
  return String(html`<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · wizgy</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#main" lang="en">Skip to the content</a>
<header class="top" lang="en">
<a class="brand" href="/"><img src="/favicon.svg" alt="" width="32" height="32">wizgy</a>
<nav aria-label="Main">
<ul>
${links.map((name) => html`<li><a href="/${name}"><span>/</span>${name}</a></li>
`)}</ul>
</nav>
</header>
<main id="main" class="example">
${main}
</main>
<footer lang="en">
<p>Made just now by <code>${file}</code>.
<a href="/examples#${example}">View the source</a></p>
</footer>
</body>
</html>
`);
}
