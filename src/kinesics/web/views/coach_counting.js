// @ts-check
// While an exercise is done: the count, large; the angle that matters, on the body and on a bar; each try; and the voice.

import { fill, h, icon } from "../lib/dom.js";
import { jointOf } from "../lib/scene.js";
import { inWords, tryRow, upper, valued } from "./coach_words.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("../lib/speech.js").Speech} Speech */
/** @typedef {import("../lib/stage.js").Stage} Stage */
/** @typedef {import("../lib/scene.js").Scene} Scene */
/** @typedef {import("../lib/scene.js").Action} Action */
/** @typedef {import("../lib/scene.js").Person} Person */
/** @typedef {import("../lib/draw.js").Angle} Angle */
/** @typedef {import("./coach_words.js").Exercise} Exercise */
/** @typedef {import("./coach_words.js").Summary} Summary */

const ASK = 1000; // milliseconds between two looks at the session …
const SOON = 150; // … and after a label that changed
const SEEN = 0.3; // score of a joint whose angle is written
const APART = 0.1; // of a person's height: knees nearer to each other than this get one label
const ROOM = 0.3; // of the way between the levels, at both ends of the bar
const SPOKEN = [3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300]; // seconds of a hold that are said
const PHASES = /** @type {Record<string, string>} */ ({ ready: "Ready", moving: "Moving", away: "Get into the start position", waiting: "Get into the start position" });
const LOST = 2500; // milliseconds without a word from the coach after which nobody is there

export class Counting {
  exercise;
  /** @type {HTMLElement} */
  element;
  #session;
  #stage;
  #speech;
  #over;
  #finished;
  #heading;
  #count = h("p", { class: "big coach-number" }, "0");
  #phase = h("p", { class: "coach-phase" }, "Get into the start position");
  #live = h("p", { class: "sr", "aria-live": "polite", id: "coach-live" });
  #advice = h("p", { class: "coach-advice", hidden: true });
  #camera = h("p", { class: "coach-camera", hidden: true });
  #value = h("output", { class: "number" }, "–");
  #bar;
  #tries = h("ol", { class: "tries", reversed: true });
  #none = h("p", { class: "empty" });
  #mute;
  #voice = h("p", { class: "quiet small" });
  #shown = -1;
  #told = 0; // tries that were spoken about
  #first = true;
  #held = 0;
  #label = "";
  #heard = performance.now();
  #asking = false;
  #closed = false;
  #timer = 0;
  #soon = 0;
  /** @type {Summary|null} */
  #summary = null;
  #toldCamera = "";
  #lastCamera = "";
  #voiced = () => this.#tellVoice();

  /**
   * @param {Session} session @param {Stage} stage @param {Speech} speech @param {Exercise} exercise
   * @param {{over: HTMLElement, finished: (summary: Summary|null) => void}} asked
   */
  constructor(session, stage, speech, exercise, { over, finished }) {
    this.#session = session;
    this.#stage = stage;
    this.#speech = speech;
    this.exercise = exercise;
    this.#over = over;
    this.#finished = finished;
    this.#heading = h("h2", { tabindex: "-1" }, upper(exercise.title));
    this.#bar = new Bar(exercise);
    this.#mute = h("button", { type: "button", class: "toggle", id: "coach-mute", "aria-pressed": "false", onclick: () => (speech.muted = !speech.muted) }, icon("mute"), "Mute");
    this.#none.textContent = exercise.kind === "hold" ? "Each hold will stand here." : "Each try will stand here, counted or not, and why.";
    this.element = h(
      "div",
      { class: "column" },
      h(
        "section",
        { class: "card" },
        this.#heading,
        h("p", { class: "quiet small" }, exercise.about),
        h("div", { class: "coach-now" }, h("div", {}, this.#count, h("p", { class: "quiet small" }, exercise.kind === "hold" ? "seconds" : "repetitions")), this.#phase),
        this.#live,
        this.#camera,
        this.#advice,
        h("div", { class: "coach-measure" }, h("span", {}, upper(exercise.main.replace(/[._]/g, " "))), this.#value),
        this.#bar.element,
        h(
          "div",
          { class: "row" },
          h("button", { type: "button", class: "primary", id: "coach-finish", onclick: () => void this.#finish() }, icon("stop"), "Finish"),
          h("button", { type: "button", id: "coach-reset", onclick: () => void this.#reset() }, icon("again"), "Start again"),
          this.#mute,
        ),
        this.#voice,
      ),
      h("section", { class: "card" }, h("h2", {}, "Tries"), this.#none, this.#tries),
    );
    speech.addEventListener("change", this.#voiced);
    this.#tellVoice();
    this.#large("0");
    this.#timer = window.setInterval(() => this.#look(), ASK);
    void this.#look();
  }

  focus() {
    this.#heading.focus({ preventScroll: true });
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#speech.removeEventListener("change", this.#voiced);
    this.#stage.drawing.angles = [];
    this.#stage.selected = null;
    fill(this.#over);
  }

  /**
   * A scene came; called before it is drawn.
   * @param {Scene} scene
   */
  seen(scene) {
    const action = this.#own(scene);
    const person = scene.people.find(({ id }) => id === (action?.person ?? this.#summary?.person)) ?? null;
    this.#stage.drawing.angles = person ? this.#angles(scene, person, action) : [];
    const now = performance.now();
    if (!action) {
      if (now - this.#heard > LOST) this.#tell("", null);
      return;
    }
    this.#heard = now;
    this.#tell(action.label, action);
  }

  /** What the coach says of the person it follows. @param {Scene} scene */
  #own(scene) {
    const { title } = this.exercise;
    const said = scene.actions.filter(({ label, why }) => (label === title || label.startsWith(`${title} `) || label.startsWith(`${title}:`)) && typeof why?.phase === "string");
    return said.find(({ person }) => person === this.#summary?.person) ?? said[0] ?? null;
  }

  // ------------------------------------------------------------------------------------------------------------------ now

  /** @param {string} label @param {Action|null} action */
  #tell(label, action) {
    const why = action?.why ?? {};
    const value = why[this.exercise.main];
    this.#value.textContent = typeof value === "number" ? valued(value, this.exercise.unit) : "–";
    this.#bar.show(typeof value === "number" ? value : null);
    const words = label.slice(this.exercise.title.length).trim();
    this.#phase.textContent = !action ? "Nobody is followed: stand so that all of you is seen" : words.startsWith(":") ? upper(words.slice(1).trim()) : (PHASES[String(why.phase)] ?? upper(String(why.phase)));
    this.#phase.classList.toggle("bad", words.startsWith(":"));
    this.#say(this.#advice, typeof why.advice === "string" ? why.advice : "");
    if (typeof why.advice === "string") this.#speech.sentence(why.advice);
    if (this.exercise.kind === "hold") this.#hold(words, why);
    if (label === this.#label) return;
    this.#label = label;
    const done = /^(\d+) done$/.exec(words);
    if (done) this.#counted(Number(done[1]));
    clearTimeout(this.#soon);
    this.#soon = window.setTimeout(() => void this.#look(), SOON);
  }

  /** The label has whole seconds; the clock between them is the session's. @param {string} words @param {Record<string, any>} why */
  #hold(words, why) {
    const seconds = why.phase === "moving" ? Number(/^(\d+) s$/.exec(words)?.[1] ?? 0) : 0;
    const reached = SPOKEN.filter((one) => one <= seconds).pop() ?? 0;
    if (reached > this.#held) {
      this.#speech.count(`${reached} seconds`);
      this.#live.textContent = `${reached} seconds`;
    }
    this.#held = seconds === 0 ? 0 : Math.max(reached, this.#held);
  }

  /** @param {number} count */
  #counted(count) {
    if (count === this.#shown) return;
    const rose = count > this.#shown && this.#shown >= 0 && !this.#first;
    this.#shown = count;
    this.#large(String(count));
    if (!rose) return;
    this.#live.textContent = String(count);
    this.#speech.count(String(count));
  }

  /** @param {string} number */
  #large(number) {
    this.#count.textContent = number;
    fill(this.#over, h("p", { class: "coach-count" }, number));
  }

  // -------------------------------------------------------------------------------------------------------------- session

  async #look() {
    if (this.#asking || this.#closed || this.#session.stream === null) return;
    this.#asking = true;
    try {
      const { session } = await this.#session.ask("coach", { do: "session" });
      if (!this.#closed) this.#took(session);
    } catch {
      // it is asked again in a moment; what is wrong with the source stands on the stage
    } finally {
      this.#asking = false;
    }
  }

  /** @param {Summary} summary */
  #took(summary) {
    this.#summary = summary;
    if (this.exercise.kind === "hold") this.#large(String(Math.floor(summary.seconds_held)));
    else this.#counted(summary.repetitions);
    if (this.#first) this.#told = summary.tries.length; // what was before this view was opened is not said again
    this.#first = false;
    const missed = summary.tries.slice(this.#told).filter(({ counted }) => !counted).pop();
    if (summary.tries.length !== this.#tries.childElementCount || missed) {
      fill(this.#tries, ...[...summary.tries].reverse().map((one) => tryRow(one, this.exercise)));
    }
    this.#none.hidden = summary.tries.length > 0;
    if (missed) {
      const words = upper(missed.why_not.replace(/(\d)°/g, "$1 degrees"));
      this.#live.textContent = `Not counted: ${words}`;
      this.#speech.sentence(words);
    }
    this.#told = summary.tries.length;
    const problem = summary.camera.fine && summary.tries.some(({ counted }) => counted) ? "" : (summary.camera.problems[0] ?? "");
    this.#say(this.#camera, problem && `${upper(problem)}.`);
    if (problem && problem === this.#lastCamera && problem !== this.#toldCamera && this.#speech.sentence(problem)) this.#toldCamera = problem;
    this.#lastCamera = problem; // what was said twice in a row is worth a word
  }

  async #reset() {
    try {
      await this.#session.ask("coach", { do: "reset" });
    } catch {
      return;
    }
    this.#told = this.#held = 0;
    this.#shown = 0;
    this.#summary = null;
    this.#label = "";
    this.#large("0");
    fill(this.#tries);
    this.#none.hidden = false;
    this.#live.textContent = "The count begins again at 0.";
  }

  async #finish() {
    let summary = this.#summary;
    try {
      summary = (await this.#session.ask("coach", { do: "session" })).session;
    } catch {
      // the last one that was told is better than none
    }
    if (summary) this.#speech.sentence(inWords(summary));
    this.#finished(summary);
  }

  // --------------------------------------------------------------------------------------------------------------- angles

  /**
   * Arcs at the joints that matter; a value that the coach told stands at the side that is seen better.
   * @param {Scene} scene @param {Person} person @param {Action|null} action
   * @returns {Angle[]}
   */
  #angles(scene, person, action) {
    const made = [];
    for (const { measure, joints, sided } of this.exercise.angles.slice(0, 2)) {
      const [name, join] = measure.split(".");
      const sides = sided ? ["left", "right"].filter((side) => join !== "left" && join !== "right" ? true : side === join) : [""];
      const rows = sides.map((side) => {
        const names = joints.map((joint) => (side ? `${side}_${joint}` : joint));
        const numbers = names.map((joint) => jointOf(scene, joint));
        const score = Math.min(...numbers.map((number) => (number < 0 || !person.points[number] ? 0 : person.point_scores[number])));
        return { names, score, at: person.points[numbers[1]] };
      });
      const seen = rows.filter(({ score }) => score >= SEEN).sort((a, b) => b.score - a.score);
      if (!seen.length) continue;
      const [best, other] = seen;
      const value = action?.why[measure] ?? action?.why[name];
      const tone = /** @type {"good"|"plain"} */ (measure === this.exercise.main && this.#bar.reached(value) ? "good" : "plain");
      const text = typeof value === "number" && (!join || join === "mean" || join === "left" || join === "right") ? valued(value, "°") : undefined;
      made.push({ joints: /** @type {[string, string, string]} */ (best.names), person: person.id, tone, text });
      const tall = person.box[3] - person.box[1];
      if (other?.at && best.at && Math.hypot(other.at[0] - best.at[0], other.at[1] - best.at[1]) > APART * tall) {
        made.push({ joints: /** @type {[string, string, string]} */ (other.names), person: person.id });
      }
    }
    return made;
  }

  /** @param {HTMLElement} line @param {string} words */
  #say(line, words) {
    if (line.textContent !== words) line.textContent = words;
    line.hidden = !words;
  }

  #tellVoice() {
    this.#mute.setAttribute("aria-pressed", String(this.#speech.muted));
    this.#voice.textContent = this.#speech.silence;
    this.#voice.hidden = !this.#speech.silence;
  }
}

/** The main measure between where it begins and where it has to go. */
class Bar {
  /** @type {HTMLElement} */
  element;
  #start;
  #target;
  #low;
  #high;
  #far = NaN;
  #hold;

  /** @param {Exercise} exercise */
  constructor({ levels, kind, main, unit }) {
    const values = levels.map(([, value]) => value);
    this.#hold = kind === "hold";
    this.#start = values[0] ?? NaN;
    this.#target = values[1] ?? values[0] ?? NaN;
    const room = ROOM * Math.max(Math.abs(this.#target - this.#start), unit === "°" ? 30 : 0.2);
    this.#low = Math.min(...values) - room;
    this.#high = Math.max(...values) + room;
    if (unit === "°") this.#high = Math.max(this.#high, Math.min(180, Math.max(...values) + 30));
    const marks = levels.map(([name, value]) => {
      const mark = h("span", { class: "coach-level" }, h("span", {}, `${name} ${valued(value, unit)}`));
      mark.style.setProperty("--at", String(this.#share(value)));
      if (this.#share(value) > 0.6) mark.classList.add("late");
      return mark;
    });
    this.element = h("div", { class: "coach-bar", role: "img", "aria-label": `${main}: ${levels.map(([name, value]) => `${name} at ${valued(value, unit)}`).join(", ")}` }, h("i", { class: "coach-way" }), h("i", { class: "coach-at" }), ...marks);
    this.element.hidden = !values.length;
    this.show(null);
  }

  /** @param {unknown} value whether the target is reached */
  reached(value) {
    if (typeof value !== "number" || !Number.isFinite(this.#target)) return false;
    if (this.#hold) return value >= Math.min(this.#start, this.#target) && (this.#start === this.#target || value <= Math.max(this.#start, this.#target));
    return this.#target < this.#start ? value <= this.#target : value >= this.#target;
  }

  /** @param {number|null} value */
  show(value) {
    const { style, classList } = this.element;
    classList.toggle("unknown", value === null);
    classList.toggle("reached", this.reached(value));
    if (value === null) return;
    style.setProperty("--now", String(this.#share(value)));
    const towards = this.#target < this.#start ? -1 : 1;
    const back = (value - this.#start) * towards <= 0;
    this.#far = back || !Number.isFinite(this.#far) ? value : towards * value > towards * this.#far ? value : this.#far;
    style.setProperty("--from", String(Math.min(this.#share(this.#start), this.#share(this.#far))));
    style.setProperty("--to", String(Math.max(this.#share(this.#start), this.#share(this.#far))));
  }

  /** @param {number} value */
  #share(value) {
    return Math.min(Math.max((value - this.#low) / (this.#high - this.#low || 1), 0), 1);
  }
}
