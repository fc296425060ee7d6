// The real M, made to meet the worst moment: on the way to sleep it waits until there is work, and only then lies down.
import { Search } from "../../.build/lib/mn/search.js";

export { runM } from "../../.build/lib/mn/entry.js";

const lieDown = Search.prototype.lieDown;

Search.prototype.lieDown = function () {
  const untilMs = performance.now() + 2000;
  while (!this.seesWork() && performance.now() < untilMs);
  lieDown.call(this);
};
