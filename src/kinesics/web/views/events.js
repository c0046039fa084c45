// @ts-check
// What happened: the stored events, filtered, as they come; exported, and forgotten.

import { fill, h } from "../lib/dom.js";

/** @typedef {import("../lib/session.js").Session} Session */

export default { id: "events", title: "Events", mount };

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  fill(root, h("p", { class: "empty" }, "Nothing has happened yet."));
  return () => fill(root);
}
