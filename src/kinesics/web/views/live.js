// @ts-check
// What is seen now: the picture with everything on it, who is there and what they do, why, and the last minute.

import { fill, h } from "../lib/dom.js";
import { Stage } from "../lib/stage.js";

/** @typedef {import("../lib/session.js").Session} Session */

export default { id: "live", title: "Live", mount };

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  fill(root);
  const stage = new Stage(root, session, { drawing: { outlines: true }, onselect: () => {} });
  return () => stage.close();
}
