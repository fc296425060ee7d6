// listKey: what a key means while the list of exercises is shown.
import type { Key } from "./keys.js";
import { type ListFilter, type ListView, listRows, type Model } from "./model.js";

/** What the list wants. */
export type ListAction =
  | { readonly kind: "view"; readonly view: ListView }
  | { readonly kind: "close" }
  | { readonly kind: "open"; readonly id: string }
  | { readonly kind: "reset"; readonly id: string };

const PAGE_ROWS = 10;

/** Moves the selection, filters, opens; the selection stays inside the rows that are shown. */
export function listKey(model: Model, view: ListView, key: Key): ListAction {
  if (view.isTyping) return typing(model, view, key);
  const rows = listRows(model, view);
  const selected = rows[view.at]?.id;
  switch (key) {
    case "up":
    case "k":
      return moved(view, rows.length, view.at - 1);
    case "down":
    case "j":
      return moved(view, rows.length, view.at + 1);
    case "page-up":
      return moved(view, rows.length, view.at - PAGE_ROWS);
    case "page-down":
      return moved(view, rows.length, view.at + PAGE_ROWS);
    case "home":
    case "g":
      return moved(view, rows.length, 0);
    case "end":
    case "G":
      return moved(view, rows.length, rows.length - 1);
    case "d":
      return filtered(model, view, view.filter === "done" ? "all" : "done");
    case "p":
      return filtered(model, view, view.filter === "pending" ? "all" : "pending");
    case "/":
      return { kind: "view", view: { ...view, isTyping: true, query: "", at: 0 } };
    case "x":
      return selected === undefined ? { kind: "view", view } : { kind: "reset", id: selected };
    case "c":
    case "enter":
      return selected === undefined ? { kind: "view", view } : { kind: "open", id: selected };
    case "q":
    case "l":
    case "escape":
      return { kind: "close" };
    default:
      return { kind: "view", view };
  }
}

function moved(view: ListView, rows: number, to: number): ListAction {
  return { kind: "view", view: { ...view, at: Math.max(0, Math.min(to, rows - 1)) } };
}

/** The selected exercise stays selected where it is still shown. */
function filtered(model: Model, view: ListView, filter: ListFilter): ListAction {
  const selected = listRows(model, view)[view.at]?.id;
  const next = { ...view, filter };
  const at = listRows(model, next).findIndex(({ id }) => id === selected);
  return { kind: "view", view: { ...next, at: Math.max(0, at) } };
}

function typing(model: Model, view: ListView, key: Key): ListAction {
  const search = (query: string): ListAction => ({ kind: "view", view: { ...view, query, at: 0 } });
  if (key === "escape") return { kind: "view", view: { ...view, isTyping: false, query: "", at: 0 } };
  if (key === "enter") return { kind: "view", view: { ...view, isTyping: false } };
  if (key === "backspace") return search([...view.query].slice(0, -1).join(""));
  if (key === "up" || key === "down") {
    return moved(view, listRows(model, view).length, view.at + (key === "up" ? -1 : 1));
  }
  return [...key].length === 1 ? search(view.query + key) : { kind: "view", view };
}
