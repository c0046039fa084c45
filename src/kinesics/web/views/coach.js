// @ts-check
// An exercise is chosen or shown, then counted: how often, how far, why one did not count, and what to mend, on the screen and
// aloud. The counting is done by the service; what is told of it comes with the scenes, its session on request.

import { fill, h } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { say } from "../lib/say.js";
import { Speech } from "../lib/speech.js";
import { Stage } from "../lib/stage.js";
import { Choosing } from "./coach_choosing.js";
import { Counting } from "./coach_counting.js";
import { summaryCard } from "./coach_words.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("./coach_words.js").Exercise} Exercise */
/** @typedef {import("./coach_words.js").Summary} Summary */

export default { id: "coach", title: "Coach", style: "views/coach.css", mount };

const LATE = 3000; // milliseconds in which what is said of an exercise may be from before it was finished
const PATIENCE = 20000; // milliseconds in which a camera comes to have a stream

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  const speech = new Speech();
  const over = h("div", { class: "coach-over", "aria-hidden": "true" });
  const picture = h("div", { class: "coach-stage" });
  const side = h("div", { class: "column" });
  /** @type {Exercise[]} */
  let known = [];
  /** @type {Choosing|Counting|null} */
  let part = null;
  /** @type {Summary|null} */
  let last = null;
  let over_ = false; // the view is closed
  let left = { name: "", until: 0 }; // an exercise that was finished: what is still said of it comes late

  fill(root, h("div", { class: "split coach" }, picture, side));
  const heard = /** @type {[string, EventListener][]} */ ([
    ["scene", (event) => part instanceof Counting && part.seen(/** @type {CustomEvent} */ (event).detail.scene)],
    ["settings", () => follow()],
    ["source", () => follow()],
  ]);
  for (const [type, listener] of heard) session.addEventListener(type, listener); // before the stage, which draws what they set
  const stage = new Stage(picture, session, { drawing: { labels: false, outlines: false, angles: [] } });
  stage.element.append(over);

  /** The panel that fits to what the stream does. */
  function follow() {
    const told = session.source === null ? null : (session.settings.coach ?? null);
    const wanted = told === left.name && performance.now() < left.until ? null : told;
    if (part instanceof Counting && part.exercise.name === wanted) return;
    if (wanted === null && part instanceof Choosing) return part.tell();
    const exercise = known.find(({ name }) => name === wanted);
    if (wanted !== null && exercise) count(exercise);
    else if (wanted === null || known.length) choose();
  }

  function choose() {
    part?.close();
    fill(over);
    stage.drawing.angles = [];
    const choosing = new Choosing(session, known, { choose: (exercise) => begin(exercise), changed: load, over, speech });
    part = choosing;
    fill(side, last && summaryCard(last, known, () => { last = null; choose(); }), choosing.element);
  }

  /** @param {Exercise} exercise */
  function count(exercise) {
    part?.close();
    last = null;
    const counting = new Counting(session, stage, speech, exercise, { over, finished: (summary) => void finish(summary) });
    part = counting;
    fill(side, counting.element);
    counting.focus();
  }

  /** @param {Exercise} exercise */
  async function begin(exercise) {
    left.until = 0;
    try {
      if (session.source === null) await session.start("camera", { coach: exercise.name });
      else {
        await streaming();
        await session.change({ coach: exercise.name });
      }
      if (!over_) follow();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  /** The service knows the stream. */
  async function streaming() {
    const until = performance.now() + PATIENCE;
    while (session.stream === null && session.source !== null && !session.problem && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** @param {Summary|null} summary */
  async function finish(summary) {
    last = summary;
    left = { name: session.settings.coach ?? "", until: performance.now() + LATE };
    try {
      await session.change({ coach: null });
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    if (over_) return;
    choose();
    /** @type {HTMLElement|null} */ (side.querySelector(".coach-summary"))?.focus();
  }

  /** @param {string} [select] the exercise that is done next */
  async function load(select) {
    try {
      known = (await get("/v1/exercises")).exercises;
    } catch (error) {
      if (over_) return;
      const again = h("button", { type: "button", class: "primary", onclick: () => void load() }, "Try again");
      const words = error instanceof Error ? error.message : String(error);
      return fill(side, h("section", { class: "card" }, h("h2", {}, "The exercises cannot be read"), h("p", {}, words), h("div", { class: "row" }, again)));
    }
    if (over_) return;
    part?.close();
    part = null;
    const wanted = known.find(({ name }) => name === select);
    follow();
    if (part === null) choose();
    if (wanted) await begin(wanted);
  }

  fill(side, h("p", { class: "empty" }, "Reading the exercises…"));
  void load();
  return () => {
    over_ = true;
    for (const [type, listener] of heard) session.removeEventListener(type, listener);
    part?.close();
    stage.close();
    speech.close();
  };
}
