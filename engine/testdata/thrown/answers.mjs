// Asks Node.js what errors say and where they are: node answers.mjs <cases.txt >new.txt
// A case is a name, the text of a page (or the body of application), and the answer.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

process.on("unhandledRejection", () => {});
const dir = mkdtempSync(join(tmpdir(), "thrown-"));
let out = "";
for (const part of readFileSync(0, "utf8").split(/^(?=## )/m)) {
  if (!part.startsWith("## ")) {
    out += part;
    continue;
  }
  const [name, ...lines] = part.trimEnd().split("\n");
  const code = lines.filter(line => !line.startsWith("= ")).join("\n");
  const file = join(dir, "page" + Math.random() + ".mjs");
  writeFileSync(file, /^export /m.test(code) ? code : `export async function application() {\n${code}\n}\n`);
  let answer;
  try {
    const { application } = await import(pathToFileURL(file));
    for await (const _ of (await application()) ?? []);
    answer = "= nothing";
  } catch (e) {
    let [, line, column] = new RegExp(file.replace(/[.\\]/g, "\\$&") + ":(\\d+):(\\d+)").exec(e?.stack) ?? [, 0, 0];
    // Node.js tells on top of its output where an error was thrown, and nowhere else.
    const thrown = readFileSync(file, "utf8").split("\n").findIndex(line => line.endsWith("// thrown here"));
    if (thrown >= 0) line = thrown + 1;
    // Its console names the class of an error that has no name of its own: NotFound [Error].
    const name = e?.name === "Error" ? e.constructor.name : e?.name;
    answer = e instanceof Error ? `= ${line}:${column} ${name}: ${e.message.replaceAll("\n", "\\n")}` : "= not an error";
  }
  out += `${name}\n${code}\n${answer}\n\n`;
}
process.stdout.write(out.trimEnd() + "\n");
