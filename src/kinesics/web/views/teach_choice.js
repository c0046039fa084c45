// @ts-check
// Which model is taught: choose, make, bring, take along, remove.

import { save } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { say } from "../lib/say.js";
import { plural } from "./teach_words.js";

/** @typedef {import("./teach_model.js").TaughtModel} TaughtModel */

export class Choice {
  /** The chooser. */
  element;
  /** Export, import, remove. */
  tools;
  #model;
  #chosen;
  #ended;
  /** Something is being chosen: what the stream used before says nothing now. */
  busy = false;
  #select = h("select", { id: "teach-model", onchange: () => this.#open(this.#select.value) });
  #new = h("button", { type: "button", "aria-expanded": "false", "aria-controls": "teach-new", onclick: () => this.#ask() }, icon("plus"), "New");
  #name = h("input", { type: "text", id: "teach-new-name", maxlength: 64, required: true, autocomplete: "off", placeholder: "mine" });
  #form;
  #file = h("input", { type: "file", accept: ".kin", hidden: true, "aria-label": "A model file", tabindex: "-1", onchange: () => this.#bring() });
  #export;
  #remove;
  #dialog = h("dialog", { "aria-labelledby": "teach-asked" });

  /** @param {TaughtModel} model @param {() => void} chosen another one is taught now @param {() => void} ended not busy any more */
  constructor(model, chosen, ended) {
    this.#model = model;
    this.#chosen = chosen;
    this.#ended = ended;
    const make = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      void this.#do(async () => {
        const name = this.#name.value.trim();
        await model.create(name);
        this.#ask(false);
        chosen();
        say(`${name} is taught now.`);
        document.getElementById("teach-name")?.focus();
      });
    };
    this.#form = h(
      "form",
      { class: "teach-add", id: "teach-new", hidden: true, onsubmit: make, onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.#ask(false) },
      h("label", { class: "sr", for: "teach-new-name" }, "Name of the new model"),
      this.#name,
      h("button", { type: "submit" }, "Create"),
    );
    this.element = h("div", { class: "teach-choice" }, h("div", { class: "row" }, h("label", { for: "teach-model" }, "Model"), h("div", { class: "teach-select" }, this.#select), this.#new), this.#form);
    this.#export = h("button", { type: "button", onclick: () => this.#do(() => save(`/v1/models/${encodeURIComponent(model.name ?? "")}`, `${model.name}.kin`)) }, icon("download"), "Export");
    this.#remove = h("button", { type: "button", class: "danger", onclick: () => this.#drop() }, icon("bin"), "Remove model");
    this.tools = h("div", { class: "row" }, this.#export, h("button", { type: "button", onclick: () => this.#file.click() }, icon("upload"), "Import"), this.#remove, this.#file, this.#dialog);
  }

  /** Show it as it is now. */
  tell() {
    const { models, name } = this.#model;
    const options = models.map((row) => h("option", { value: row.name, ".selected": row.name === name }, `${row.name} (${row.error ? "damaged" : row.name === name ? this.#model.examples.length : row.examples})`));
    fill(this.#select, ...(options.length ? options : [h("option", { value: "" }, "None yet")]));
    this.#select.disabled = !models.length;
    for (const button of [this.#export, this.#remove]) button.disabled = name === null;
  }

  close() {
    this.#ended = () => {};
    this.#dialog.close();
  }

  /** @param {string} name */
  #open(name) {
    void this.#do(async () => {
      await this.#model.open(name);
      this.#chosen();
      say(`${name} is taught now.`);
    });
  }

  /** @param {boolean} [open] */
  #ask(open = this.#form.hidden) {
    this.#form.hidden = !open;
    this.#new.setAttribute("aria-expanded", String(open));
    this.#name.value = "";
    if (open) this.#name.focus();
    else if (this.element.contains(document.activeElement)) this.#new.focus();
  }

  #bring() {
    const file = this.#file.files?.[0];
    this.#file.value = "";
    if (!file) return;
    void this.#do(async () => {
      const name = file.name.replace(/\.kin$/i, "").replace(/[^\p{L}\p{N} .()+_-]/gu, "-").replace(/^[^\p{L}\p{N}]+/u, "").slice(0, 60) || "imported";
      const taken = this.#model.models.some((row) => row.name === name);
      if (taken || !(await this.#model.bring(name, file))) {
        const other = this.#free(name);
        const answer = await this.#choose(`There is a model “${name}” already`, "Replacing can be undone afterwards.", [["keep", `Keep both: import as “${other}”`], ["replace", "Replace it"], ["", "Do nothing"]]);
        if (!answer) return;
        await this.#model.bring(answer === "keep" ? other : name, file, answer === "replace");
      }
      this.#chosen();
      say(`${this.#model.name} was imported: ${plural(this.#model.examples.length, "example")}.`, "good");
    });
  }

  /** @param {string} name */
  #free(name) {
    let number = 2;
    while (this.#model.models.some((row) => row.name === `${name} ${number}`)) number++;
    return `${name} ${number}`;
  }

  #drop() {
    const { name, examples } = this.#model;
    void this.#do(async () => {
      const answer = await this.#choose(`Remove “${name}”?`, `Its ${plural(examples.length, "example")} are deleted for good. Export it first if you may want it again.`, [["remove", "Remove it"], ["", "Keep it"]]);
      if (answer !== "remove") return;
      await this.#model.remove();
      this.#chosen();
      say(`${name} was removed.`);
    });
  }

  /**
   * Ask, with buttons.
   * @param {string} title @param {string} text @param {[string, string][]} answers
   * @returns {Promise<string>} "" for nothing
   */
  #choose(title, text, answers) {
    return new Promise((resolve) => {
      const buttons = answers.map(([value, words]) => h("button", { type: "submit", value, class: value === "remove" || value === "replace" ? "danger" : "" }, words));
      fill(this.#dialog, h("form", { method: "dialog" }, h("h2", { id: "teach-asked" }, title), h("p", { class: "quiet" }, text), h("div", { class: "row end" }, ...buttons)));
      this.#dialog.returnValue = "";
      this.#dialog.addEventListener("close", () => resolve(this.#dialog.returnValue), { once: true });
      this.#dialog.showModal();
    });
  }

  /** @param {() => Promise<unknown>} work */
  async #do(work) {
    this.busy = true;
    try {
      await work();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    this.busy = false;
    this.#ended();
  }
}
