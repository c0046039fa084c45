// @ts-check
// What is seen now: the picture with everything on it, who is there and what they do, why, and the last minute.

import { colorOf } from "../lib/draw.js";
import { fill, h } from "../lib/dom.js";
import { evidence, percent } from "../lib/evidence.js";
import { say } from "../lib/say.js";
import { actionsOf, mainPerson } from "../lib/scene.js";
import { Stage } from "../lib/stage.js";
import { Timeline } from "../lib/timeline.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("../lib/scene.js").Scene} Scene */
/** @typedef {{row: HTMLLIElement, button: HTMLButtonElement, does: HTMLElement, why: HTMLElement, seen: number}} Row */

export default { id: "live", title: "Live", mount };

const SETTINGS = /** @type {[string, string, string][]} */ ([
  ["postures", "Postures", "Names standing, sitting, walking, falls and the like"],
  ["masks", "Outlines", "Everybody's outline"],
  ["whole_body", "Hands and face", "133 joints instead of 17"],
  ["faces", "Faces", "Where faces are and where they look"],
]);
const TIERS = [["fast", "quick"], ["balanced", "balanced"], ["accurate", "accurate"]];
const PERIOD = 200; // milliseconds between two looks at the words beside the picture
const LINGERS = 1500; // milliseconds that a person stays in the list

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  const people = h("ul", { class: "list people" });
  const nobody = h("p", { class: "empty" });
  const numbers = h("p", { class: "quiet small number", id: "numbers" });
  const timeline = new Timeline();
  const left = h("div", { class: "column" });
  /** @type {Map<number, Row>} */
  const rows = new Map();
  /** @type {number|null} */
  let hovered = null;
  /** @type {[string, (event: any) => void][]} */
  const heard = [];

  fill(
    root,
    h(
      "div",
      { class: "split live" },
      left,
      h("div", { class: "column" }, h("section", { class: "card first" }, h("h2", {}, "In view"), people, nobody), h("section", { class: "card" }, h("h2", {}, "What is looked for"), ...controls())),
    ),
  );
  const stage = new Stage(left, session, {
    drawing: { outlines: true, faces: true },
    onselect: (id) => {
      for (const [one, row] of rows) row.button.setAttribute("aria-expanded", String(one === id));
      if (id !== null) say(`Person ${id} is brought out.`);
    },
    onhover: (id) => (hovered = id),
  });
  left.append(h("div", { class: "under" }, numbers), h("section", { class: "card" }, h("h2", {}, "The last minute"), timeline.element));

  /** @returns {HTMLElement[]} */
  function controls() {
    const toggles = SETTINGS.map(([name, words, title]) => {
      const button = h("button", { type: "button", class: "toggle", "aria-pressed": "false", title, dataset: { setting: name } }, words);
      button.addEventListener("click", () => void change(button, { [name]: button.getAttribute("aria-pressed") !== "true" }));
      return button;
    });
    const boxes = h("button", { type: "button", class: "toggle", "aria-pressed": "false", title: "A frame round each person" }, "Boxes");
    boxes.addEventListener("click", () => {
      stage.drawing.boxes = !stage.drawing.boxes;
      boxes.setAttribute("aria-pressed", String(stage.drawing.boxes));
      stage.redraw();
    });
    const tier = h("select", { id: "tier" }, ...TIERS.map(([value, words]) => h("option", { value }, words)));
    tier.addEventListener("change", () => void change(tier, { pose: tier.value }));
    const tell = () => {
      const idle = session.stream === null;
      for (const button of toggles) {
        const name = button.dataset.setting ?? "";
        button.setAttribute("aria-pressed", String(Boolean(session.settings[name] ?? name === "postures")));
        button.disabled = idle;
      }
      const pose = session.settings.pose ?? "balanced";
      if (![...tier.options].some(({ value }) => value === pose)) tier.append(h("option", { value: pose }, pose));
      tier.value = pose;
      tier.disabled = idle;
    };
    for (const type of ["settings", "source", "state"]) listen(type, tell);
    tell();
    return [h("div", { class: "row" }, ...toggles, boxes), h("div", { class: "row" }, h("label", { for: "tier" }, "Joints"), h("div", { class: "narrow" }, tier))];
  }

  /** @param {HTMLButtonElement|HTMLSelectElement} control @param {Record<string, any>} changes */
  async function change(control, changes) {
    control.disabled = true;
    try {
      await session.change(changes);
      say("Changed; it takes effect with the next pictures.");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      control.disabled = false;
      control.focus();
    }
  }

  /** @param {string} type @param {(event: any) => void} listener */
  function listen(type, listener) {
    session.addEventListener(type, listener);
    heard.push([type, listener]);
  }

  function list() {
    const { scene } = session;
    const now = performance.now();
    const main = mainPerson(scene)?.id ?? null;
    for (const person of scene?.people ?? []) if (person.id >= 0) show(/** @type {Scene} */ (scene), person.id, now, main);
    for (const [id, row] of rows) {
      row.row.classList.toggle("away", now - row.seen > 2 * PERIOD);
      if (now - row.seen < LINGERS && session.source) continue;
      if (row.row.contains(document.activeElement)) continue; // nobody loses the focus by leaving the picture
      row.row.remove();
      rows.delete(id);
    }
    nobody.textContent = rows.size || session.problem ? "" : session.source ? (scene ? "Nobody is in view." : "Waiting for the first picture.") : "Choose a camera or a stream.";
    nobody.hidden = nobody.textContent === "";
    timeline.draw(now / 1000);
    tellNumbers();
  }

  /** @param {Scene} scene @param {number} id @param {number} now @param {number|null} main */
  function show(scene, id, now, main) {
    const row = rows.get(id) ?? made(id);
    row.seen = now;
    const does = actionsOf(scene, id).slice(0, 3);
    const told = does.map(({ label, score }) => `${label} ${percent(score)}`).join("|");
    if (row.does.dataset.told !== told) {
      row.does.dataset.told = told;
      fill(row.does, ...(does.length ? does.map(action) : [h("span", { class: "quiet" }, "no action named")]));
    }
    const open = stage.selected === id || hovered === id || (stage.selected === null && hovered === null && id === main) || row.row.matches(":hover, :focus-within");
    row.why.hidden = !open;
    row.button.setAttribute("aria-expanded", String(open));
    if (open) tellWhy(row.why, does);
  }

  /** @param {number} id @returns {Row} */
  function made(id) {
    const does = h("span", { class: "does" });
    const why = h("div", { class: "why small", id: `why-${id}`, hidden: true });
    const button = h("button", { type: "button", class: "who", "aria-expanded": "false", "aria-controls": `why-${id}` }, h("span", { class: "chip" }, h("span", { class: "sr" }, "Person "), id), does);
    button.style.setProperty("--person", colorOf(id));
    button.addEventListener("click", () => (stage.selected = stage.selected === id ? null : id));
    const row = { row: h("li", {}, button, why), button, does, why, seen: 0 };
    rows.set(id, row);
    const after = [...rows.keys()].sort((a, b) => a - b).find((other) => other > id);
    people.insertBefore(row.row, (after !== undefined && rows.get(after)?.row) || null);
    return row;
  }

  function tellNumbers() {
    if (!session.scene || !session.source) return void (numbers.textContent = "");
    const { latency, dropped, took, counts } = session;
    const sorted = [...latency.slice(-120)].sort((a, b) => a - b);
    const lost = Object.entries(dropped).filter(([, many]) => many > 0).map(([why, many]) => `${many} ${why === "newest" ? "for newer ones" : why === "rate" ? "over the rate" : why}`);
    const parts = [
      `${session.fps.toFixed(0)} pictures a second`,
      sorted.length > 5 && `${Math.round(sorted[sorted.length >> 1])} ms from camera to label`,
      took && `looked at in ${Math.round(took * 1000)} ms`,
      lost.length && `passed over: ${lost.join(", ")}`,
      counts.unanswered && `${counts.unanswered} without an answer`,
    ];
    numbers.textContent = parts.filter(Boolean).join(" · ");
  }

  listen("scene", ({ detail }) => timeline.add(detail.scene, performance.now() / 1000));
  listen("source", () => {
    timeline.clear();
    list();
  });
  listen("privacy", list);
  const happened = (/** @type {any} */ { data }) => {
    if (data?.type === "event" && data.event.stream === session.stream) timeline.mark(data.event, performance.now() / 1000);
  };
  session.happenings?.addEventListener("message", happened);
  const ticking = setInterval(list, PERIOD);
  list();
  return () => {
    clearInterval(ticking);
    for (const [type, listener] of heard) session.removeEventListener(type, listener);
    session.happenings?.removeEventListener("message", happened);
    stage.close();
  };
}

/** @param {import("../lib/scene.js").Action} action */
function action({ label, score }) {
  if (label === "unknown") return h("span", { class: "quiet" }, label);
  const bar = h("i");
  bar.style.setProperty("--share", String(score));
  return h("span", { class: "action" }, h("span", {}, label), h("span", { class: "quiet number" }, percent(score)), h("span", { class: "meter", "aria-hidden": "true" }, bar));
}

/** @param {HTMLElement} root @param {import("../lib/scene.js").Action[]} actions */
function tellWhy(root, actions) {
  const said = actions.map((one) => ({ label: one.label, lines: evidence(one) }));
  const now = JSON.stringify(said);
  if (root.dataset.told === now) return;
  root.dataset.told = now;
  fill(root, ...said.map(({ label, lines }) => h("div", {}, said.length > 1 && h("strong", {}, label), h("ul", {}, ...lines.map((line) => h("li", {}, line))))));
}
