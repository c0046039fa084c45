// @ts-check
// A fitted person does what you do, live: drawn by the service, one small picture after the other; your own stays beside it, or
// away.

import { del, get, request, save } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { wrongName } from "../lib/names.js";
import { say } from "../lib/say.js";
import { Stage } from "../lib/stage.js";

/** @typedef {import("../lib/session.js").Session} Session */
/**
 * @typedef {object} Person as `/v1/persons` tells
 * @property {string} name what `settings.person` takes
 * @property {string} title
 * @property {string} licence
 * @property {string} consent
 * @property {number} bytes
 * @property {number} keyframes
 * @property {string[]} tiers
 * @property {boolean} legs
 * @property {boolean} own
 * @property {string} preview
 * @property {string} error
 */

export default { id: "person", title: "Person", style: "views/person.css", mount };

const BESIDE = "kinesics.person.beside";
const LARGEST = 96 * 1024 * 1024; // bytes of a file that the service takes
const PATIENCE = 8000; // milliseconds until the first picture, after which it is said that none comes
const SIDE = 512;

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  const canvas = h("canvas", { class: "figure", width: SIDE, height: SIDE, role: "img", "aria-label": "The driven person: nothing is drawn yet" });
  const note = h("p", { class: "figure-note", "aria-live": "polite" });
  const pace = h("p", { class: "quiet small number", id: "figure-pace" });
  const marked = h("p", { class: "quiet small", id: "figure-marked" });
  const own = h("div", { class: "person-own" });
  const both = h("div", { class: "person-both" }, h("div", { class: "figure-box" }, canvas, note), own);
  const list = h("ul", { class: "persons" });
  const beside = h("button", { type: "button", class: "toggle", id: "person-beside", "aria-pressed": "true" }, "Your camera beside it");
  const hands = h("button", { type: "button", class: "toggle", id: "person-hands", "aria-pressed": "false", title: "133 joints instead of 17: it takes longer" }, "Hands and face");
  const stop = h("button", { type: "button", id: "person-stop", hidden: true }, icon("stop"), "Stop drawing");
  const side = h("div", { class: "column" }, h("section", { class: "card" }, h("h2", {}, "Choose a person"), list), importing());
  /** @type {Person[]} */
  let known = [];
  /** @type {string|null} chosen here, also before there is a stream */
  let wanted = session.settings.person ?? null;
  /** @type {number[]} when the newest pictures came */
  let came = [];
  let since = performance.now();
  let tier = "";
  let closed = false;
  let asking = false;
  let stopped = false; // here, so that what is still told of it is not taken up again

  fill(root, h("div", { class: "split person" }, h("div", { class: "column" }, both, pace, marked, h("div", { class: "row" }, beside, hands, stop)), side));
  const stage = new Stage(own, session, { drawing: { labels: false, outlines: false } });
  showBeside(localStorage.getItem(BESIDE) !== "off");
  beside.addEventListener("click", () => showBeside(beside.getAttribute("aria-pressed") !== "true"));
  hands.addEventListener("click", () => void change({ whole_body: hands.getAttribute("aria-pressed") !== "true" }));
  stop.addEventListener("click", () => void drive(null));
  session.watch({ figure: true });

  /** @param {boolean} on */
  function showBeside(on) {
    beside.setAttribute("aria-pressed", String(on));
    both.classList.toggle("alone", !on);
    localStorage.setItem(BESIDE, on ? "on" : "off");
    stage.redraw();
  }

  // --------------------------------------------------------------------------------------------------------------- driving

  /** @param {Record<string, any>} changes */
  async function change(changes) {
    try {
      await session.change(changes);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    tell();
  }

  /** @param {Person|null} person */
  async function drive(person) {
    wanted = person?.name ?? null;
    stopped = person === null;
    since = performance.now();
    came = [];
    if (session.source === null && person) await session.start("camera", { person: person.name });
    else await follow();
    if (person) session.watch({ figure: true });
    mark();
    tell();
  }

  /** The stream draws whom this view wants. */
  async function follow() {
    if (session.stream === null || asking || (session.settings.person ?? null) === wanted) return;
    asking = true;
    since = performance.now();
    await change({ person: wanted });
    asking = false;
  }

  /** @param {CustomEvent<import("../lib/session.js").Shown>} event */
  function shown({ detail: { bitmap, bytes } }) {
    const ctx = canvas.getContext("2d");
    ctx?.drawImage(bitmap, 0, 0, SIDE, SIDE);
    canvas.classList.toggle("mirror", session.mirror);
    canvas.classList.add("drawn");
    const now = performance.now();
    if (!came.length) canvas.setAttribute("aria-label", `${titleOf(wanted)}, moving as the person before the camera does`);
    came = [...came.filter((at) => now - at < 2000), now];
    const about = saidOf(bytes);
    if (about.tiers) {
      const at = about.tiers.indexOf(about.tier);
      const words = about.tiers.length === 1 ? "at the only tier there is" : `at tier ${at + 1} of ${about.tiers.length}${at === 0 ? ", the quickest" : at === about.tiers.length - 1 ? ", the finest" : ""}`;
      const rate = came.length > 2 ? Math.round(((came.length - 1) * 1000) / (now - came[0])) : 0;
      pace.textContent = `Drawn ${words}: ${rate ? `${rate} pictures a second, ` : ""}${Math.round(about.ms)} ms each.`;
      if (about.tier !== tier) marked.textContent = ["Each picture says that it was generated", about.licence && `licence: ${about.licence}`].filter(Boolean).join("; ").concat(".");
      tier = about.tier;
    }
    if (note.textContent) tell();
  }

  function tell() {
    const live = session.settings.person ?? null;
    hands.setAttribute("aria-pressed", String(Boolean(session.settings.whole_body)));
    hands.disabled = session.stream === null;
    stop.hidden = wanted === null && live === null;
    const fresh = came.length > 0;
    const { notes = [] } = /** @type {{notes?: string[]}} */ (session.state);
    const wrong = notes.find((line) => line.startsWith("person:") || line.startsWith("the figure "));
    const words = wanted === null && live === null
      ? "Choose a person: it will do what you do."
      : session.problem
        ? session.problem.title
        : session.source === null
          ? "Start your camera or a stream; the person then moves as you do."
          : wrong
            ? wrong
            : !fresh
              ? performance.now() - since > PATIENCE
                ? "No picture of the person has come yet. The service may be busy; it goes on trying."
                : "The person is on its way…"
              : "";
    if (note.textContent !== words) note.textContent = words;
    note.hidden = !words;
    canvas.classList.toggle("waiting", Boolean(words));
    if (wanted === null && live === null) pace.textContent = marked.textContent = "";
  }

  // ----------------------------------------------------------------------------------------------------------------- cards

  /** @param {string|null} name */
  const titleOf = (name) => known.find((one) => one.name === name)?.title ?? name ?? "nobody";

  function cards() {
    fill(list, ...known.map(card));
    if (!known.length) fill(list, h("li", { class: "empty" }, "There is nobody here yet. Bring a file of kinesics fit."));
  }

  /** Who is chosen. */
  function mark() {
    for (const button of list.querySelectorAll("[data-person]")) button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.person === wanted));
  }

  /** @param {Person} person */
  function card(person) {
    const { name, title, licence, consent, preview, tiers, legs, error } = person;
    const row = h("div", { class: "row" });
    if (!error) row.append(h("button", { type: "button", class: "plain", "aria-label": `Save ${title} as a file`, title: `Save ${title} as a file`, onclick: () => void keep(person) }, icon("download")));
    if (person.own) row.append(h("button", { type: "button", class: "plain", "aria-label": `Remove ${title}`, title: `Remove ${title}`, onclick: () => void remove(person) }, icon("bin")));
    const details = h("details", { class: "small" }, h("summary", {}, "Licence and consent"), h("p", {}, h("strong", {}, "Licence: "), licence || "none is given"), h("p", {}, h("strong", {}, "Consent: "), consent || "none is given"));
    if (error) return h("li", { class: "person-card" }, h("div", { class: "person-words" }, h("strong", {}, title), h("p", { class: "bad small" }, error)), row);
    const seen = [legs ? "from head to feet" : "to the thighs", tiers.length > 1 ? `${tiers.length} tiers` : "one tier", `${(person.bytes / 1e6).toFixed(1)} MB`].join(" · ");
    return h(
      "li",
      { class: "person-card" },
      h(
        "button",
        { type: "button", class: "person-choose", "aria-pressed": String(name === wanted), dataset: { person: name }, onclick: () => void drive(person) },
        h("img", { src: preview, alt: "", width: 80, height: 80 }),
        h("span", { class: "person-words" }, h("strong", {}, title), h("span", { class: "quiet small" }, seen)),
      ),
      row,
      details,
    );
  }

  /** @param {Person} person */
  async function keep({ name, title }) {
    try {
      await save(`/v1/persons/${encodeURIComponent(name)}`, `${title}.kin`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  /** @param {Person} person */
  async function remove({ name, title }) {
    if (!confirm(`Remove ${title} from the service? The file it came from stays where it is.`)) return;
    try {
      if (wanted === name) await drive(null);
      await del(`/v1/persons/${encodeURIComponent(name)}`);
      say(`${title} is removed.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    await load();
  }

  async function load() {
    try {
      known = (await get("/v1/persons")).persons;
    } catch (error) {
      if (closed) return;
      const again = h("button", { type: "button", onclick: () => void load() }, "Try again");
      return fill(list, h("li", {}, h("p", { class: "bad" }, error instanceof Error ? error.message : String(error)), again));
    }
    if (!closed) cards();
  }

  // ------------------------------------------------------------------------------------------------------------- importing

  function importing() {
    const file = h("input", { type: "file", id: "person-file", accept: ".kin,application/zip", "aria-describedby": "person-words person-wrong" });
    const name = h("input", { id: "person-name", maxlength: 64, autocomplete: "off", required: true });
    const wrong = h("p", { id: "person-wrong", class: "bad small", role: "alert" });
    const bring = h("button", { type: "submit", id: "person-bring" }, icon("upload"), "Bring it in");
    const form = h(
      "form",
      { class: "column" },
      h("div", { class: "field" }, h("label", { for: "person-file" }, "A .kin file"), file),
      h("div", { class: "field" }, h("label", { for: "person-name" }, "Its name here"), name),
      h("p", { id: "person-words", class: "quiet small" }, "Made by ", h("code", {}, "kinesics fit"), ". Bring only people who have agreed to it: whoever has the file can make them move."),
      wrong,
      h("div", { class: "row" }, bring),
    );
    file.addEventListener("change", () => {
      wrong.textContent = "";
      if (file.files?.[0] && !name.value) name.value = nameOf(file.files[0].name);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const chosen = file.files?.[0];
      wrong.textContent = !chosen ? "Choose a file first." : chosen.size > LARGEST ? `The file has ${Math.round(chosen.size / 1e6)} MB; at most 100 are taken.` : wrongName(name.value.trim());
      if (!chosen || wrong.textContent) return;
      bring.disabled = true;
      try {
        const made = /** @type {Person} */ (await (await request("PUT", `/v1/persons/${encodeURIComponent(name.value.trim())}`, await chosen.arrayBuffer())).json());
        say(`${made.title} is here. Licence: ${made.licence || "none is given"}. Consent: ${made.consent || "none is given"}.`, "good");
        form.reset();
        await load();
        const choose = /** @type {HTMLElement|null} */ (list.querySelector(`[data-person="${CSS.escape(made.name)}"]`));
        choose?.closest("li")?.querySelector("details")?.setAttribute("open", "");
        choose?.focus();
      } catch (error) {
        wrong.textContent = error instanceof Error ? error.message : String(error);
      } finally {
        bring.disabled = false;
      }
    });
    return h("section", { class: "card" }, h("h2", {}, "Bring a person"), form);
  }

  // ------------------------------------------------------------------------------------------------------------------------
  const heard = /** @type {[string, EventListener][]} */ ([
    ["figure", (event) => shown(/** @type {CustomEvent} */ (event))],
    ["settings", () => { if (wanted === null && !stopped) wanted = session.settings.person ?? null; void follow(); mark(); tell(); }],
    ["source", () => { stopped = false; came = []; since = performance.now(); tell(); }],
    ["state", tell],
    ["problem", tell],
  ]);
  for (const [type, listener] of heard) session.addEventListener(type, listener);
  const timer = setInterval(tell, 1000);
  tell();
  void load();
  void follow();
  return () => {
    closed = true;
    clearInterval(timer);
    for (const [type, listener] of heard) session.removeEventListener(type, listener);
    session.watch({ figure: false });
    stage.close();
  };
}

/**
 * What a JPEG of the service says of itself, in its comment; {} if nothing.
 * @param {Uint8Array} bytes
 * @returns {Record<string, any>}
 */
export function saidOf(bytes) {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda && bytes[at + 1] !== 0xd9) {
    const size = bytes[at + 2] * 256 + bytes[at + 3];
    if (bytes[at + 1] === 0xfe) {
      try {
        return JSON.parse(new TextDecoder().decode(bytes.subarray(at + 4, at + 2 + size)));
      } catch {
        return {};
      }
    }
    at += 2 + size;
  }
  return {};
}

/** A file's name as a person may be called. @param {string} file */
export const nameOf = (file) => file.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N} _-]+/gu, " ").replace(/^[ _-]+| +$/g, "").slice(0, 64);
