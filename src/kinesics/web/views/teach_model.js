// @ts-check
// The model that is taught, as the service keeps it, and the labels that were named but not shown yet.

import { ServiceError, del, get, post, put } from "../lib/api.js";

/** @typedef {import("./teach_words.js").Example} Example */
/** @typedef {import("./teach_words.js").Confusions} Confusions */
/** @typedef {import("../lib/draw.js").Film} Film */
/** @typedef {{name: string, examples: number, classes: Record<string, number>, bytes: number, undo: number, error: string}} Row */

const CALM = 400; // milliseconds without a change after which it is asked what is confused
const MANY = 100; // examples from which that takes a while: then only when somebody wants to know
const REMEMBERED = "kinesics.model";

/** Says "change" when anything of it has changed. */
export class TaughtModel extends EventTarget {
  /** @type {Row[]} all there are */
  models = [];
  /** @type {string|null} */
  name = localStorage.getItem(REMEMBERED);
  /** @type {Example[]} */
  examples = [];
  /** @type {Confusions|null} null: not known yet */
  confusions = null;
  /** @type {Record<string, string>} example -> what the others take it for */
  takenFor = {};
  undos = 0;
  error = "";
  /** @type {Map<string, string[]>} */
  #drafts = new Map();
  /** @type {Map<string, Promise<Film>>} */
  #films = new Map();
  #calm = 0;
  #version = 0; // of the examples that are held
  #asked = 0; // questions about them, and of those the one whose answer is held: an answer to an older one is old
  #taken = 0;
  /** @type {string|null} what was asked for last, before it is there */
  #wanted = this.name;
  /** @type {Promise<void>} */
  #opening = Promise.resolve();

  /** Labels in the order in which they were first shown, those not shown yet last. */
  get labels() {
    return [...new Set([...this.examples.map(({ label }) => label), ...this.drafts])];
  }

  /** @returns {Map<string, number>} */
  get counts() {
    const counts = new Map(this.labels.map((label) => [label, 0]));
    for (const { label } of this.examples) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  /** @returns {string[]} */
  get drafts() {
    return this.#drafts.get(this.name ?? "") ?? [];
  }

  /** Whether asking what is confused takes a while. */
  get many() {
    return this.examples.length > MANY;
  }

  /** @param {string} path */
  #at(path = "") {
    return `/v1/models/${encodeURIComponent(this.name ?? "")}${path}`;
  }

  /** Ask the service anew: done when what was asked for last is there. @param {string|null} [name] of another model */
  async open(name = this.#wanted) {
    this.#wanted = name;
    let mine = (this.#opening = this.#open(name));
    await mine;
    while (mine !== this.#opening) await (mine = this.#opening);
  }

  /** @param {string|null} name */
  async #open(name) {
    const overtaken = () => name !== this.#wanted;
    const { models } = await get("/v1/models");
    if (overtaken()) return;
    this.models = models;
    const there = models.some((/** @type {Row} */ row) => row.name === name);
    const other = (this.#wanted = there ? name : (models[0]?.name ?? null));
    if (other !== this.name) this.#reset();
    this.name = name = other;
    if (other !== null) localStorage.setItem(REMEMBERED, other);
    this.error = this.models.find((row) => row.name === other)?.error ?? "";
    if (other !== null && !this.error) {
      const asked = ++this.#asked;
      const told = await get(this.#at("/examples"));
      if (!overtaken()) this.#take(told, asked);
      return;
    }
    this.#reset();
    this.#say();
  }

  /** @param {string} name */
  async create(name) {
    await post("/v1/models", { model: name });
    await this.open(name);
  }

  async remove() {
    clearTimeout(this.#calm);
    this.#version++;
    await del(this.#at());
    this.#drafts.delete(this.name ?? "");
    await this.open(null);
  }

  /** @param {string} name @param {Blob} file @param {boolean} [replace] @returns {Promise<boolean>} false: the name is taken */
  async bring(name, file, replace = false) {
    try {
      await put(`/v1/models/${encodeURIComponent(name)}${replace ? "?replace=true" : ""}`, file);
    } catch (error) {
      if (error instanceof ServiceError && error.status === 409) return false;
      throw error;
    }
    await this.open(name);
    return true;
  }

  /** A label that is to be shown. @param {string} label */
  draft(label) {
    if (this.labels.includes(label)) return;
    this.#drafts.set(this.name ?? "", [...this.drafts, label]);
    this.#say();
  }

  /** The model has a new example. @param {import("./teach_holding.js").Learned} answer */
  learned(answer) {
    if (answer.model !== this.name) return void this.open(answer.model);
    if (answer.example && !this.examples.some(({ id }) => id === answer.example.id)) {
      this.examples = [...this.examples, answer.example];
      this.undos++;
      this.#taken = ++this.#asked;
    }
    this.#settle();
  }

  /** @param {number} id */
  forget = (id) => this.#changed(del(this.#at(`/examples/${id}`)));

  /** @param {string} label */
  async forgetLabel(label) {
    this.#undraft(label);
    if (this.examples.some((example) => example.label === label)) await this.#changed(del(this.#at(`/labels/${encodeURIComponent(label)}`)));
    else this.#say();
  }

  /** @param {string} label @param {string} to */
  async rename(label, to) {
    if (this.examples.some((example) => example.label === label)) await this.#changed(post(this.#at("/rename"), { label, to }));
    if (this.drafts.includes(label)) {
      this.#undraft(label);
      this.draft(to);
    }
  }

  /** @returns {Promise<boolean>} whether there was something */
  async undo() {
    return (await this.#changed(post(this.#at("/undo")))).undone;
  }

  /** @param {number} id @returns {Promise<Film>} */
  film(id) {
    const path = this.#at(`/examples/${id}`);
    const held = this.#films.get(path) ?? get(path);
    this.#films.set(path, held);
    held.catch(() => this.#films.delete(path));
    return held;
  }

  /** Ask what is taken for what. */
  async check() {
    const [version, name] = [this.#version, this.name];
    if (name === null || !this.examples.length) return;
    const { confusions, taken_for } = await get(this.#at("/confusions"));
    if (version !== this.#version || name !== this.name) return;
    this.confusions = confusions;
    this.takenFor = taken_for;
    this.#say();
  }

  close() {
    clearTimeout(this.#calm);
    this.#version++;
  }

  /** @param {string} label */
  #undraft(label) {
    this.#drafts.set(this.name ?? "", this.drafts.filter((other) => other !== label));
  }

  /** The answer to a change of this model; another one may be taught when it comes. @param {Promise<any>} answer */
  async #changed(answer) {
    const [name, asked] = [this.name, ++this.#asked];
    const told = await answer;
    if (name === this.name) this.#take(told, asked);
    return told;
  }

  /** @param {{examples: Example[], undo: number}} told @param {number} asked */
  #take(told, asked) {
    if (asked < this.#taken) return;
    this.#taken = asked;
    const same = this.confusions !== null && JSON.stringify(told.examples) === JSON.stringify(this.examples);
    this.undos = told.undo;
    if (same) return this.#say();
    this.examples = told.examples;
    this.#films.clear(); // a number may come back with another film
    this.#settle();
  }

  #settle() {
    this.#version++;
    this.confusions = null;
    this.takenFor = {};
    clearTimeout(this.#calm);
    if (!this.many) this.#calm = window.setTimeout(() => this.check().catch(() => {}), CALM);
    this.#say();
  }

  #reset() {
    this.examples = [];
    this.undos = 0;
    this.confusions = null;
  }

  #say() {
    this.dispatchEvent(new Event("change"));
  }
}
