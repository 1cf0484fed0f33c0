// A page in JSX. Elements become HTML, and every {…} in them is escaped.
// The list is kept in the address, so there is nothing to store, and the
// browser's back button takes the last step back.

import { page } from "./_lib/html.js";

const MAX_ITEMS = 20, MAX_LENGTH = 80;

function address(items) {
  return "/todo?" + new URLSearchParams(items.map((item) => ["item", item]));
}

// A component is a function that returns elements.
function Item({ items, index }) {
  const item = items[index];
  const others = items.filter((_, i) => i !== index);
  return <li>
    {item} <a href={address(others)} aria-label={"Done: " + item}>done</a>
  </li>;
}

function Todo({ items }) {
  return <>
    <h1>To do</h1>
    {items.length === 0 ? <p>Nothing. Enjoy it, or write something down.</p>
      : <ul class="todo">
        {items.map((_, index) => <Item items={items} index={index} />)}
      </ul>}
    {items.length < MAX_ITEMS && <form action="/todo">
      {items.map((item) => <input type="hidden" name="item" value={item} />)}
      <p class="field">
        <label for="new">One more</label>
        <input id="new" name="item" maxlength={MAX_LENGTH} required />
      </p>
      <p><button>Add</button></p>
    </form>}
  </>;
}

export function application(environ, start_response) {
  const items = new URLSearchParams(environ.QUERY_STRING).getAll("item")
    .map((item) => item.trim())
    .filter((item) => item !== "" && item.length <= MAX_LENGTH)
    .slice(0, MAX_ITEMS);

  start_response("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  const main = <Todo items={items} />;
  return [page({ title: "To do", file: "apps/todo.jsx", main })];
}
