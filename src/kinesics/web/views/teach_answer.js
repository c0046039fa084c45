// @ts-check
// What the taught model says of the person now, large enough to be read from where they stand.

import { fill, h } from "../lib/dom.js";
import { percent } from "../lib/evidence.js";
import { actionsOf, mainPerson } from "../lib/scene.js";

/** @typedef {import("../lib/scene.js").Scene} Scene */
/** @typedef {import("../lib/scene.js").Action} Action */

const LINGERS = 700; // milliseconds that an answer stays when there is none any more
const READ = 1200; // milliseconds after which a new answer is read out, once it stays

export class Answer {
  element;
  #label = h("p", { class: "teach-label" });
  #score = h("p", { class: "quiet number" });
  #meter = h("i");
  #spoken = h("p", { class: "sr", role: "status" });
  #shown = "";
  #until = 0;
  #since = 0;

  constructor() {
    this.element = h("section", { class: "card teach-answer", "aria-label": "What it sees now" }, this.#label, this.#score, h("span", { class: "meter", "aria-hidden": "true" }, this.#meter), this.#spoken);
    this.rest("");
  }

  /**
   * @param {Scene} scene
   * @param {number|null} person id; null: the largest
   * @param {string[]} labels of the model
   */
  tell(scene, person, labels) {
    const id = person ?? mainPerson(scene)?.id;
    const now = performance.now();
    const said = id === undefined ? undefined : answerOf(scene, id, labels);
    if (said) {
      const known = said.label !== "unknown";
      this.#put(said.label, known ? "known" : "unknown", `${percent(said.score)}${known ? "" : ": like nothing that was shown"}`, said.score);
      this.#until = now + LINGERS;
    } else if (now > this.#until) {
      this.rest(!labels.length ? "" : id === undefined ? "Nobody is in view" : "Watching…");
    }
    if (this.#spoken.textContent !== this.#shown && now - this.#since > READ) this.#spoken.textContent = this.#shown;
  }

  /** Nothing is said. @param {string} words instead */
  rest(words) {
    this.#put(words || "Nothing taught yet", "rest", "", 0);
    this.#until = 0;
  }

  /** @param {string} label @param {"known"|"unknown"|"rest"} kind @param {string} score @param {number} share */
  #put(label, kind, score, share) {
    if (label !== this.#shown) {
      this.#shown = label;
      this.#since = performance.now();
      fill(this.#label, label);
    }
    this.element.dataset.kind = kind;
    if (this.#score.textContent !== score) this.#score.textContent = score;
    this.#meter.style.setProperty("--share", String(share));
  }
}

/**
 * What the taught model says of somebody: a label rather than "unknown"; what postures and exercises say is not meant.
 * @param {Scene} scene @param {number} id @param {string[]} labels
 * @returns {Action|undefined}
 */
export function answerOf(scene, id, labels) {
  const taught = actionsOf(scene, id).filter(({ label, why }) => typeof why.nearest === "object" && why.nearest && (labels.includes(label) || label === "unknown"));
  const now = taught.filter(({ end }) => scene.time - end < 0.5);
  return now.find(({ label }) => label !== "unknown") ?? now[0];
}
