// 一个中文网页。A page in Chinese: /chinese, or /chinese/小明 for yourself.

import { html, page } from "./_lib/html.js";

export function application(environ, start_response) {
  // What follows the page's own path comes as PATH_INFO, decoded: here is
  // "/小明", although the browser sent "/%E5%B0%8F%E6%98%8E".
  const name = environ.PATH_INFO.slice(1) || "世界";
  const greeting = `你好，${name}！`;

  // A length in bytes is one thing, and a length in characters another.
  const characters = [...greeting].length;
  const bytes = new TextEncoder().encode(greeting).length;

  start_response("200 OK", [
    ["Content-Type", "text/html; charset=utf-8"],
    ["Content-Language", "zh-Hans"],
  ]);
  return [page({
    title: greeting,
    file: "apps/chinese.js",
    lang: "zh-Hans",
    main: html`<h1>${greeting}</h1>
<p>网页就是文件，网站就是文件夹。保存文件，刷新浏览器，新的网页就在眼前。</p>
<p>上面这句问候有 ${characters} 个字符，用 UTF-8 编码是 ${bytes} 个字节。</p>
<p>换个名字试试：<a href="/chinese/小明">小明</a>、<a href="/chinese/李雷">李雷</a>、<a
href="/chinese/韩梅梅">韩梅梅</a>。</p>`,
  })];
}
