// @ts-check
// The exercises as cards with a small film each; or one's own, shown to the camera.

import { ServiceError, del, put } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { skeletonFilm } from "../lib/draw.js";
import { wrongName } from "../lib/names.js";
import { say } from "../lib/say.js";
import { SKELETONS } from "../lib/skeletons.js";
import { upper } from "./coach_words.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("../lib/speech.js").Speech} Speech */
/** @typedef {import("./coach_words.js").Exercise} Exercise */
/**
 * @typedef {object} Asked
 * @property {(exercise: Exercise) => void} choose
 * @property {(select?: string) => Promise<void>} changed the list is another one
 * @property {HTMLElement} over large figures over the picture
 * @property {Speech} speech
 */

const MANY = 12; // exercises from which a search is worth its place
const VIEWS = { side: "from the side", front: "from the front", any: "" };
const COUNTDOWN = 3;
const LONGEST = 60; // seconds of an example

export class Choosing {
  #session;
  #known;
  #asked;
  #list = h("ul", { class: "exercises" });
  #own = h("div", { class: "own" });
  /** @type {{stop: () => void}[]} */
  #films = [];
  #timer = 0;
  /** @type {"idle"|"countdown"|"showing"|"learning"} */
  #state = "idle";
  #began = 0;
  #name = "";
  /** @type {HTMLElement} */
  element;

  /** @param {Session} session @param {Exercise[]} known @param {Asked} asked */
  constructor(session, known, asked) {
    this.#session = session;
    this.#known = known;
    this.#asked = asked;
    const search = h("input", { type: "search", id: "coach-search", placeholder: "squat, knee, plank…", oninput: () => this.#fill(search.value) });
    this.element = h(
      "div",
      { class: "column" },
      h(
        "section",
        { class: "card choices" },
        h("h2", {}, "Choose an exercise"),
        known.length >= MANY && h("div", { class: "field" }, h("label", { for: "coach-search" }, "Search"), search),
        this.#list,
      ),
      h("section", { class: "card" }, h("h2", {}, "Show one of your own"), this.#own),
    );
    this.#fill("");
    this.#tellOwn();
  }

  /** The source may be another one now. */
  tell() {
    if (this.#state === "idle") this.#tellOwn();
    else if (this.#session.stream === null) this.#cancel("The source was closed; the example is forgotten.");
  }

  close() {
    for (const film of this.#films) film.stop();
    clearInterval(this.#timer);
    if (this.#state === "showing") this.#session.ask("teach", { do: "cancel" }).catch(() => {});
    this.#state = "idle";
  }

  // ---------------------------------------------------------------------------------------------------------------- cards

  /** @param {string} search */
  #fill(search) {
    for (const film of this.#films) film.stop();
    this.#films = [];
    const words = search.trim().toLowerCase();
    const fits = this.#known.filter((one) => `${one.title} ${one.about ?? ""} ${one.view ?? ""}`.toLowerCase().includes(words));
    fill(this.#list, ...fits.map((one) => this.#card(one)));
    if (!fits.length) fill(this.#list, h("li", { class: "empty" }, `No exercise has “${search}” in it.`));
  }

  /** @param {Exercise} exercise */
  #card(exercise) {
    const { name, title, about, own, error, film, kind, view } = exercise;
    const remove = own && h("button", { type: "button", class: "plain", "aria-label": `Remove ${title}`, title: `Remove ${title}`, onclick: () => void this.#remove(exercise) }, icon("bin"));
    if (error) return h("li", { class: "exercise" }, h("div", { class: "exercise-words" }, h("strong", {}, upper(title)), h("span", { class: "bad small" }, error)), remove);
    const canvas = h("canvas", { class: "film", "aria-hidden": "true" });
    const tags = [kind === "hold" ? "held" : "counted", VIEWS[view], own && "yours"].filter(Boolean).join(" · ");
    const button = h(
      "button",
      { type: "button", class: "exercise-choose", dataset: { exercise: name }, onclick: () => this.#asked.choose(exercise) },
      canvas,
      h("span", { class: "exercise-words" }, h("strong", {}, upper(title)), h("span", { class: "small" }, about), h("span", { class: "quiet small" }, tags)),
    );
    if (film) {
      const { bones, joints } = SKELETONS.coco17;
      queueMicrotask(() => canvas.isConnected && this.#films.push(skeletonFilm(canvas, { points: film.points, times: film.times, bones, joints })));
    } else canvas.classList.add("none");
    return h("li", { class: "exercise" }, button, remove);
  }

  /** @param {Exercise} exercise */
  async #remove({ name, title }) {
    if (!confirm(`Remove ${title}? It cannot be brought back.`)) return;
    try {
      await del(`/v1/exercises/${encodeURIComponent(name)}`);
      say(`${upper(title)} is removed.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    await this.#asked.changed();
  }

  // -------------------------------------------------------------------------------------------------------------- showing

  /** @param {string} [wrong] what went wrong before */
  #tellOwn(wrong = "") {
    const idle = this.#session.source === null;
    const name = h("input", { id: "coach-name", maxlength: 64, required: true, autocomplete: "off", value: this.#name, placeholder: "knee raise", "aria-describedby": "coach-wrong" });
    const form = h(
      "form",
      { class: "column" },
      h("p", { class: "quiet small" }, "Give it a name, stand back, and do it once or twice when the countdown is over. Or hold a posture. Angles and limits are read off what you do."),
      h("div", { class: "field" }, h("label", { for: "coach-name" }, "Its name"), name),
      h("p", { id: "coach-wrong", class: "bad small", role: "alert" }, wrong),
      h("div", { class: "row" }, h("button", { type: "submit", id: "coach-record", disabled: idle }, icon("teach"), "Count down and show it")),
      idle && h("p", { class: "quiet small" }, "Start a camera or a stream first."),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#name = name.value.trim();
      const ships = this.#known.some((one) => !one.own && one.name === this.#name.toLowerCase());
      const words = wrongName(this.#name) || (ships ? "An exercise that is there already has this name. Choose another." : "");
      if (!words) return this.#countdown();
      /** @type {HTMLElement} */ (form.querySelector("#coach-wrong")).textContent = words;
      name.focus();
    });
    fill(this.#own, form);
    this.element.classList.remove("showing");
  }

  #countdown() {
    this.#state = "countdown";
    let left = COUNTDOWN;
    const stop = h("button", { type: "button", onclick: () => this.#cancel("") }, "Cancel");
    const words = h("p", { role: "status" });
    fill(this.#own, words, h("div", { class: "row" }, stop));
    this.element.classList.add("showing");
    stop.focus();
    const step = () => {
      if (left === 0) {
        clearInterval(this.#timer);
        void this.#begin();
        return;
      }
      words.textContent = `Ready in ${left}`;
      fill(this.#asked.over, h("p", { class: "coach-count" }, left));
      this.#asked.speech.count(String(left));
      left--;
    };
    step();
    this.#timer = window.setInterval(step, 1000);
  }

  async #begin() {
    try {
      await this.#session.ask("teach", { do: "begin", label: this.#name });
    } catch (error) {
      return this.#failed(error);
    }
    if (this.#state !== "countdown") return void this.#session.ask("teach", { do: "cancel" }).catch(() => {});
    this.#state = "showing";
    this.#began = performance.now();
    this.#asked.speech.count("go");
    const clock = h("span", { class: "number" }, "0 s");
    const stop = h("button", { type: "button", class: "primary", id: "coach-stop", onclick: () => void this.#end() }, icon("stop"), "Done");
    fill(this.#own, h("p", {}, h("strong", { role: "status" }, "Do it now. "), clock), h("div", { class: "row" }, stop, h("button", { type: "button", onclick: () => this.#cancel("") }, "Cancel")));
    stop.focus();
    fill(this.#asked.over, h("p", { class: "coach-rec" }, "Showing"));
    this.#timer = window.setInterval(() => {
      const seconds = Math.round((performance.now() - this.#began) / 1000);
      clock.textContent = `${seconds} s`;
      if (seconds >= LONGEST) void this.#end();
    }, 500);
  }

  async #end() {
    if (this.#state !== "showing") return;
    clearInterval(this.#timer);
    this.#state = "learning";
    fill(this.#asked.over);
    fill(this.#own, h("p", { role: "status" }, "Reading off angles and limits…"));
    try {
      await put(`/v1/exercises/${encodeURIComponent(this.#name)}`, { stream: this.#session.stream });
    } catch (error) {
      return this.#failed(error);
    }
    this.#state = "idle";
    say(`${upper(this.#name)} can be counted now.`, "good");
    await this.#asked.changed(this.#name);
  }

  /** @param {unknown} error */
  #failed(error) {
    clearInterval(this.#timer);
    this.#session.ask("teach", { do: "cancel" }).catch(() => {});
    this.#state = "idle";
    fill(this.#asked.over);
    this.#tellOwn(error instanceof ServiceError || error instanceof Error ? error.message : String(error));
  }

  /** @param {string} wrong */
  #cancel(wrong) {
    clearInterval(this.#timer);
    if (this.#state === "showing") this.#session.ask("teach", { do: "cancel" }).catch(() => {});
    this.#state = "idle";
    fill(this.#asked.over);
    this.#tellOwn(wrong);
    /** @type {HTMLElement|null} */ (this.#own.querySelector("#coach-record"))?.focus();
  }
}
