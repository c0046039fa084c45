// @ts-check
// What was shown: each label with its examples as small films, how sure it is, and what is taken for what.

import { fill, h, icon } from "../lib/dom.js";
import { skeletonFilm } from "../lib/draw.js";
import { say } from "../lib/say.js";
import { certainty, confused, hint, plural } from "./teach_words.js";

/** @typedef {import("./teach_model.js").TaughtModel} TaughtModel */
/** @typedef {import("./teach_words.js").Example} Example */
/** @typedef {{item: HTMLLIElement, doubt: HTMLElement, film: {stop: () => void}|null, label: string}} Card */
/** @typedef {{section: HTMLElement, title: HTMLElement, sure: HTMLElement, films: HTMLElement}} Block */

export class Shelf {
  element;
  #model;
  #blocks = h("div", { class: "teach-blocks" });
  #hint = h("p", { class: "quiet" });
  #confused = h("ul", { class: "teach-confused" });
  #undo;
  /** @type {Map<string, Block>} */
  #labels = new Map();
  /** @type {Map<number, Card>} */
  #cards = new Map();
  /** @type {string|null} */
  #of = null;
  #watcher = new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && this.#play(/** @type {HTMLElement} */ (one.target))), { rootMargin: "200px" });

  /** @param {TaughtModel} model @param {HTMLElement} tools buttons of the model as a whole */
  constructor(model, tools) {
    this.#model = model;
    this.#undo = h("button", { type: "button", disabled: true, onclick: () => this.#do(async () => say((await model.undo()) ? "The last change was taken back." : "There is nothing to take back.")) }, icon("undo"), "Undo");
    this.element = h(
      "section",
      { class: "card", "aria-label": "What was shown" },
      h("div", { class: "row apart" }, h("h2", {}, "What it has learned"), h("div", { class: "row" }, this.#undo, tools)),
      this.#hint,
      this.#confused,
      this.#blocks,
    );
    this.tell();
  }

  /** Show it as it is now. */
  tell() {
    const { labels, counts, confusions, examples, name, undos, error } = this.#model;
    if (name !== this.#of) this.#clear();
    this.#of = name;
    this.#undo.disabled = undos === 0;
    this.#hint.textContent = error ? `${error}. Undo may bring an earlier one back; or remove it, or choose another.` : hint(counts);
    this.#hint.classList.toggle("bad", Boolean(error));
    for (const [label, block] of this.#labels) if (!labels.includes(label)) this.#drop(label, block);
    labels.forEach((label, at) => {
      const block = this.#labels.get(label) ?? this.#block(label);
      if (this.#blocks.children[at] !== block.section) this.#blocks.insertBefore(block.section, this.#blocks.children[at] ?? null);
      const count = counts.get(label) ?? 0;
      const { text, tone } = certainty(confusions?.[label], label, count);
      block.sure.textContent = text;
      block.sure.className = `small ${tone || "quiet"}`;
      block.title.dataset.count = String(count);
    });
    const there = new Set(examples.map(({ id }) => id));
    for (const [id, card] of this.#cards) if (!there.has(id)) this.#discard(id, card);
    for (const example of examples) this.#card(example);
    for (const { id, label } of examples) this.#doubt(id, label, counts.get(label) ?? 0);
    const lines = confusions ? confused(confusions) : [];
    const ask = this.#model.many && !confusions && h("li", {}, h("button", { type: "button", onclick: () => this.#do(() => this.#model.check()) }, "Check what is taken for what"));
    fill(this.#confused, ...lines.map((line) => h("li", {}, line)), ask);
  }

  close() {
    this.#clear();
    this.#watcher.disconnect();
  }

  /** @param {string} label @returns {Block} */
  #block(label) {
    const title = h("h3", {}, label);
    const sure = h("p", { class: "small quiet" });
    const films = h("ul", { class: "films" });
    const head = h("div", { class: "row" }, title, sure);
    const rename = h("button", { type: "button", class: "plain", "aria-label": `Rename ${label}`, title: "Rename", onclick: () => this.#rename(label, head, rename) }, icon("pen"));
    const bin = h("button", { type: "button", class: "plain", "aria-label": `Delete ${label} and its examples`, title: "Delete", onclick: () => this.#forgetLabel(label) }, icon("bin"));
    const section = h("section", { class: "teach-block", "aria-label": label }, h("div", { class: "row apart" }, head, h("div", { class: "row teach-tools" }, rename, bin)), films);
    const block = { section, title, sure, films };
    this.#labels.set(label, block);
    return block;
  }

  /** @param {Example} example */
  #card(example) {
    const old = this.#cards.get(example.id);
    if (old && old.label === example.label) return;
    if (old) this.#discard(example.id, old);
    const canvas = h("canvas", { class: "film", role: "img", "aria-label": `Example ${example.id} of ${example.label}: ${example.seconds} seconds${example.notes.map((note) => `, ${note}`).join("")}`, dataset: { example: example.id } });
    const bin = h("button", { type: "button", class: "plain", "aria-label": `Delete example ${example.id} of ${example.label}`, title: "Delete", onclick: () => this.#forget(example) }, icon("bin"));
    const words = h("div", { class: "teach-words" }, h("span", { class: "small number" }, `${example.seconds.toFixed(1)} s`), bin);
    const notes = example.notes.length ? h("p", { class: "small bad" }, example.notes.join("; ")) : null;
    const doubt = h("p", { class: "small bad", hidden: true });
    const item = h("li", { class: "teach-film" }, canvas, words, doubt, notes);
    this.#cards.set(example.id, { item, doubt, film: null, label: example.label });
    this.#labels.get(example.label)?.films.append(item);
    this.#watcher.observe(canvas);
  }

  /** What the others take an example for, where that is something else. @param {number} id @param {string} label @param {number} count */
  #doubt(id, label, count) {
    const card = this.#cards.get(id);
    const name = this.#model.takenFor[id];
    if (!card) return;
    const fine = name === undefined || name === label || (name === "unknown" && count === 1);
    card.doubt.hidden = fine;
    card.doubt.textContent = fine ? "" : name === "unknown" ? "like none of the others" : `taken for ${name}`;
  }

  /** @param {HTMLElement} canvas */
  async #play(canvas) {
    this.#watcher.unobserve(canvas);
    const card = this.#cards.get(Number(canvas.dataset.example));
    if (!card || card.film) return;
    try {
      const film = await this.#model.film(Number(canvas.dataset.example));
      if (canvas.isConnected && !card.film) card.film = skeletonFilm(/** @type {HTMLCanvasElement} */ (canvas), film);
    } catch {
      // it was deleted meanwhile
    }
  }

  /** @param {string} label @param {HTMLElement} head @param {HTMLButtonElement} button */
  #rename(label, head, button) {
    if (head.querySelector("form")) return;
    const input = h("input", { type: "text", maxlength: 80, required: true, "aria-label": `New name of ${label}`, ".value": label, autocomplete: "off" });
    const before = [...head.childNodes];
    const back = () => {
      head.replaceChildren(...before);
      button.focus();
    };
    const enter = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const to = input.value.trim();
      back();
      if (to && to !== label)
        void this.#do(async () => {
          await this.#model.rename(label, to);
          say(`${label} is called ${to} now.`);
          this.#labels.get(to)?.section.querySelector("button")?.focus();
        });
    };
    const form = h("form", { class: "row teach-rename", onsubmit: enter, onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && back() }, input, h("button", { type: "submit" }, "Rename"), h("button", { type: "button", onclick: back }, "Keep"));
    fill(head, form);
    input.select();
  }

  /** @param {string} label */
  #forgetLabel(label) {
    const count = this.#model.counts.get(label) ?? 0;
    void this.#do(async () => {
      await this.#model.forgetLabel(label);
      say(count ? `${label} and its ${plural(count, "example")} were deleted. Undo brings them back.` : `${label} was taken off.`);
      if (count) this.#undo.focus();
    });
  }

  /** @param {Example} example */
  #forget(example) {
    void this.#do(async () => {
      await this.#model.forget(example.id);
      say(`An example of ${example.label} was deleted. Undo brings it back.`);
      this.#undo.focus();
    });
  }

  /** @param {() => Promise<unknown>} work */
  async #do(work) {
    try {
      await work();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  /** @param {string} label @param {Block} block */
  #drop(label, block) {
    block.section.remove();
    this.#labels.delete(label);
  }

  /** @param {number} id @param {Card} card */
  #discard(id, card) {
    card.film?.stop();
    card.item.remove();
    this.#cards.delete(id);
  }

  #clear() {
    for (const [id, card] of this.#cards) this.#discard(id, card);
    for (const [label, block] of this.#labels) this.#drop(label, block);
  }
}
