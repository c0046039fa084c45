// @ts-check
// Teaching: hold a button, a key or a button of a game pad while doing a thing; let go, and it is known.

import { service } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { BUTTONS, Pad } from "../lib/pad.js";
import { say } from "../lib/say.js";
import { Stage } from "../lib/stage.js";
import { Answer } from "./teach_answer.js";
import { Choice } from "./teach_choice.js";
import { Holding } from "./teach_holding.js";
import { TaughtModel } from "./teach_model.js";
import { Shelf } from "./teach_shelf.js";
import { plural } from "./teach_words.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("./teach_holding.js").Learned} Learned */

export default { id: "teach", title: "Teach", style: "views/teach.css", mount };

const KEYS = 9; // labels that have a key
const UNDO = 8; // button of a pad
const LONG = 12; // seconds from which one example is too much

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  const model = new TaughtModel();
  const holding = new Holding(session);
  const pad = new Pad();
  const answer = new Answer();
  const choice = new Choice(model, () => void use(), () => follow());
  const shelf = new Shelf(model, choice.tools);
  const left = h("div", { class: "column" }, answer.element);
  const buttons = h("div", { class: "teach-buttons", role: "group", "aria-label": "Hold one while you show it" });
  const told = h("p", { class: "teach-told", role: "status" });
  const whose = h("p", { class: "small quiet" });
  const pads = h("p", { class: "small quiet", hidden: true });
  const pill = h("div", { class: "teach-pill", "aria-hidden": "true", hidden: true });
  const alone = h("input", { type: "checkbox", id: "teach-alone" });
  const lasts = h("select", { id: "teach-lasts", "aria-label": "How long it records" }, ...[1, 2, 3, 5, 8].map((s) => h("option", { value: s, ".selected": s === 2 }, `${s} s`)));
  const name = h("input", { type: "text", id: "teach-name", maxlength: 80, placeholder: "wave", autocomplete: "off", required: true });
  /** @type {Map<string, HTMLButtonElement>} */
  const made = new Map();
  let changing = false;
  /** @type {[EventTarget, string, (event: any) => void][]} */
  const heard = [];

  const adding = h("form", { class: "teach-add", onsubmit: add }, h("label", { class: "sr", for: "teach-name" }, "Name of an action"), name, h("button", { type: "submit" }, icon("plus"), "Add action"));
  const show = h(
    "section",
    { class: "card", "aria-label": "Show an action" },
    choice.element,
    buttons,
    adding,
    told,
    h("label", { class: "check" }, alone, h("span", {}, "I am away from the keys: count to 3, then record"), lasts),
    whose,
    pads,
  );
  fill(root, h("div", { class: "column" }, h("div", { class: "split teach" }, left, show), shelf.element));
  const stage = new Stage(left, session, { drawing: { outlines: false }, onselect: () => tellWhose() });
  stage.element.append(pill);

  // ---------------------------------------------------------------------------------------------- labels

  /** @param {SubmitEvent} event */
  async function add(event) {
    event.preventDefault();
    const label = name.value.trim();
    if (!label) return;
    if (label === "unknown") return fail("“unknown” is what is said of everything that nobody taught; choose another name.");
    try {
      if (model.name === null) await model.create("taught");
      void use();
    } catch (error) {
      return fail(words(error));
    }
    model.draft(label);
    name.value = "";
    const button = made.get(label);
    button?.focus();
    tell(`${label} is ready: hold its button${keyOf(label) ? ` or the key ${keyOf(label)}` : ""} while you do it.`);
  }

  /** @param {string} label @returns {string} its key, "" for none */
  function keyOf(label) {
    const at = model.labels.indexOf(label);
    return at >= 0 && at < KEYS ? String(at + 1) : "";
  }

  function tellButtons() {
    const { labels, counts } = model;
    for (const [label, button] of made)
      if (!labels.includes(label)) {
        button.remove();
        made.delete(label);
      }
    labels.forEach((label, at) => {
      const button = made.get(label) ?? makeButton(label);
      if (buttons.children[at] !== button) buttons.insertBefore(button, buttons.children[at] ?? null);
      const key = keyOf(label);
      const count = counts.get(label) ?? 0;
      const on = holding.label === label && !holding.idle;
      button.setAttribute("aria-pressed", String(on));
      button.dataset.state = on ? holding.state : "idle";
      button.disabled = session.stream === null || (!holding.idle && !on);
      const ready = key ? `key ${key}${pad.name && at < UNDO ? `, pad ${BUTTONS[at]}` : ""}` : "";
      fill(
        button,
        h("span", { class: "teach-keys", "aria-hidden": "true" }, key && h("kbd", {}, key), pad.name && at < UNDO && h("kbd", { class: "pad" }, BUTTONS[at])),
        h("span", { class: "teach-what" }, label),
        h("span", { class: "small teach-count" }, on ? stateWords() : plural(count, "example")),
        ready && h("span", { class: "sr" }, ` (${ready})`),
      );
    });
    buttons.hidden = !labels.length;
    adding.classList.toggle("first", !labels.length);
  }

  function stateWords() {
    const { state, seconds } = holding;
    if (state === "counting") return `in ${Math.ceil(-seconds)} s`;
    return state === "learning" ? "learning…" : `${seconds.toFixed(1)} s`;
  }

  /** @param {string} label */
  function makeButton(label) {
    const button = h("button", { type: "button", class: "teach-hold", "aria-pressed": "false" });
    let pressed = false; // by what ends it itself: pointers and keys say when they are let go
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      pressed = true;
      button.setPointerCapture(event.pointerId);
      press(label, "pointer");
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(type, () => holding.release("pointer"));
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (event.repeat) return;
      pressed = true;
      press(label, "button");
    });
    button.addEventListener("keyup", (event) => {
      if (event.key === " " || event.key === "Enter") holding.release("button");
    });
    button.addEventListener("click", () => {
      const done = pressed;
      pressed = false;
      if (done) return;
      if (holding.state === "recording" && holding.by === "click") void holding.end(); // voice and screen readers only click
      else press(label, "click");
    });
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    made.set(label, button);
    return button;
  }

  // ---------------------------------------------------------------------------------------------- showing

  /** @param {string} label @param {string} by */
  function press(label, by) {
    if (holding.state === "counting" || (holding.state === "recording" && holding.lasts)) return holding.cancel();
    if (!holding.idle || model.name === null) return;
    if (session.stream === null) return fail("Nobody is seen yet: choose a camera or a stream at the top.");
    holding.press(label, by, { model: model.name, person: stage.selected, lasts: alone.checked ? Number(lasts.value) : 0 });
  }

  function tellHolding() {
    const { state, label, lasts: whole } = holding;
    const busy = state !== "idle";
    root.classList.toggle("teaching", state === "recording");
    pill.hidden = !busy;
    if (state === "counting") tell(`${label}: get ready.`);
    if (state === "recording") tell(whole ? `Recording ${label}: do it now.` : `Recording ${label}: let go when you are done.`);
    tellButtons();
    tellClock();
  }

  function tellClock() {
    const { state, label, seconds, lasts: whole } = holding;
    pill.dataset.state = state;
    if (state === "counting") pill.textContent = `${Math.ceil(-seconds)}`;
    else pill.textContent = state === "learning" ? `${label} …` : `${label} ${seconds.toFixed(1)} s${whole ? ` of ${whole}` : seconds > LONG ? ": one action is best" : ""}`;
    const count = made.get(label)?.querySelector(".teach-count");
    if (count && !holding.idle) count.textContent = stateWords();
  }

  /** @param {Learned} learned */
  function tellLearned(learned) {
    model.learned(learned);
    const notes = learned.example?.notes ?? learned.notes ?? [];
    const count = learned.classes?.[learned.label] ?? 0;
    tell(`Learned in ${Math.max(learned.took, 0.01).toFixed(learned.took < 0.095 ? 2 : 1)} s: ${learned.label} (${plural(count, "example")}).${notes.length ? ` Look at it: ${notes.join("; ")}.` : ""}`, notes.length ? "warn" : "good");
  }

  /** @param {string} text @param {""|"good"|"bad"|"warn"} [tone] */
  function tell(text, tone = "") {
    told.textContent = text;
    told.dataset.tone = tone;
  }

  /** @param {string} text */
  const fail = (text) => tell(text, "bad");

  /** @param {unknown} error */
  const words = (error) => (error instanceof Error ? error.message : String(error));

  function tellWhose() {
    const id = stage.selected;
    const anybody = h("button", { type: "button", class: "toggle", onclick: () => { stage.selected = null; tellWhose(); } }, "Whoever is largest");
    fill(whose, ...(id === null ? ["Whose example: the largest person in view. Click on somebody in the picture to choose them."] : [`Whose example: person ${id}. `, anybody]));
  }

  /** There is no picture to say something of. */
  function rest() {
    answer.rest(!model.examples.length ? "" : session.source ? "Waiting for a picture" : "No picture yet");
  }

  // ---------------------------------------------------------------------------------------------- the stream's model

  /** Have the stream use the chosen model. */
  async function use() {
    if (changing || session.stream === null || model.name === null || (session.settings.model ?? null) === model.name) return;
    changing = true; // until the answer is there the stream tells of the model it had before
    try {
      await session.change({ model: model.name });
    } catch (error) {
      changing = false;
      return fail(words(error));
    }
    changing = false;
    void use(); // another one may have been chosen meanwhile
  }

  /** The stream's own model is what is taught, if it has one. */
  function follow() {
    if (changing || choice.busy) return;
    const own = session.stream === null ? null : (session.settings.model ?? null);
    if (own !== null && own !== model.name && model.models.some((row) => row.name === own)) void load(own);
    else void use();
    tellButtons();
  }

  /** @param {string|null} [which] */
  async function load(which) {
    try {
      await model.open(which);
      void use();
    } catch (error) {
      fail(words(error));
    }
  }

  // ---------------------------------------------------------------------------------------------- keys and pads

  /** @param {KeyboardEvent} event */
  function down(event) {
    if (event.key === "Escape" && !holding.idle) return holding.cancel();
    const at = Number(event.key) - 1;
    if (!Number.isInteger(at) || at < 0 || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const label = model.labels[at];
    if (label === undefined) return;
    event.preventDefault();
    if (!event.repeat) press(label, `key:${event.key}`);
  }

  /** @param {EventTarget|null} target */
  const typing = (target) => (target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) || document.querySelector("dialog[open]") !== null;

  /** @param {EventTarget} target @param {string} type @param {(event: any) => void} listener */
  function listen(target, type, listener) {
    target.addEventListener(type, listener);
    heard.push([target, type, listener]);
  }

  listen(document, "keydown", down);
  listen(document, "keyup", ({ key }) => holding.release(`key:${key}`));
  listen(window, "blur", () => holding.lasts || holding.cancel("The window lost the keys; nothing was learned."));
  listen(document, "visibilitychange", () => (document.hidden ? holding.cancel("The page was hidden; nothing was learned.") : void load()));
  listen(pad, "down", ({ detail: { button } }) => {
    if (button === UNDO) return void model.undo().then((undone) => say(undone ? "The last change was taken back." : "There is nothing to take back."), (error) => say(words(error), "bad"));
    const label = button < UNDO ? model.labels[button] : undefined;
    if (label !== undefined) press(label, `pad:${button}`);
  });
  listen(pad, "up", ({ detail: { button } }) => holding.release(`pad:${button}`));
  listen(pad, "change", () => {
    pads.hidden = pad.name === null;
    pads.textContent = pad.name === null ? "" : `Game pad: ${pad.name}. Its first buttons are the actions, ${BUTTONS[UNDO]} takes back.`;
    tellButtons();
  });
  listen(holding, "change", tellHolding);
  listen(holding, "tick", tellClock);
  listen(holding, "learned", ({ detail }) => tellLearned(detail));
  listen(holding, "failed", ({ detail }) => fail(detail));
  listen(model, "change", () => {
    tellButtons();
    shelf.tell();
    choice.tell();
    if (!model.examples.length || !session.scene) rest();
  });
  listen(session, "scene", ({ detail }) => {
    const there = stage.selected !== null && detail.scene.people.some((/** @type {{id: number}} */ { id }) => id === stage.selected);
    answer.tell(detail.scene, there ? stage.selected : null, model.examples.length ? model.labels : []);
  });
  listen(session, "settings", follow);
  listen(session, "state", tellButtons);
  listen(session, "source", () => {
    holding.cancel("Another source was chosen; nothing was learned.");
    tellWhose();
    follow();
    rest();
  });
  listen(service, "change", () => service.state === "here" && void load());
  tellWhose();
  tellButtons();
  choice.tell();
  void load(session.settings.model ?? model.name);

  return () => {
    holding.close();
    pad.close();
    model.close();
    for (const [target, type, listener] of heard) target.removeEventListener(type, listener);
    shelf.close();
    choice.close();
    stage.close();
    root.classList.remove("teaching");
  };
}
