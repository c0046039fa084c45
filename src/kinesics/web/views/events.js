// @ts-check
// What happened: the stored events, filtered, as they come; exported, and forgotten.

import { del, get, query, save } from "../lib/api.js";
import { streams } from "../lib/chooser.js";
import { fill, h, icon } from "../lib/dom.js";
import { percent } from "../lib/evidence.js";
import { say, spell } from "../lib/say.js";

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {import("../lib/scene.js").Happening} Happening */

export default { id: "events", title: "Events", mount };

const KINDS = /** @type {Record<string, string>} */ ({
  appeared: "appeared",
  left: "left",
  began: "began",
  ended: "ended",
  repetition: "repetition",
  fall: "fall",
  stream: "stream",
});
const SPANS = /** @type {[string, string, number][]} */ ([
  ["", "all time", 0],
  ["900", "last 15 minutes", 900],
  ["3600", "last hour", 3600],
  ["86400", "last day", 86400],
  ["604800", "last week", 604800],
]);
const SHOWN = 200; // rows on the page
const CALM = 400; // milliseconds after the last letter before the service is asked

/** @param {HTMLElement} root @param {Session} session */
function mount(root, session) {
  /** @type {Record<string, string>} */
  const names = {};
  /** @type {Happening[]} newest first */
  let shown = [];
  let more = false;
  let pending = 0;
  let asked = 0;
  let over = false;

  const stream = h("select", { id: "event-stream" }, h("option", { value: "" }, "all streams"));
  const kind = h("select", { id: "event-kind" }, h("option", { value: "" }, "everything"), ...Object.entries(KINDS).map(([value, words]) => h("option", { value }, words)));
  const person = h("input", { id: "event-person", inputmode: "numeric", pattern: "[0-9]*", placeholder: "all", autocomplete: "off" });
  const label = h("input", { id: "event-label", placeholder: "all", autocomplete: "off" });
  const span = h("select", { id: "event-span" }, ...SPANS.map(([value, words]) => h("option", { value }, words)));
  const body = h("tbody");
  const count = h("p", { class: "quiet small", role: "status" });
  const empty = h("p", { class: "empty" });
  const table = h(
    "table",
    { class: "events" },
    h("caption", { class: "sr" }, "Events, the newest first"),
    h("thead", {}, h("tr", {}, ...["Time", "Stream", "Who", "What", "More"].map((words) => h("th", { scope: "col" }, words)))),
    body,
  );
  const field = (/** @type {string} */ id, /** @type {string} */ words, /** @type {HTMLElement} */ control) => h("div", { class: "field" }, h("label", { for: id }, words), control);

  fill(
    root,
    h(
      "section",
      { class: "card" },
      h("h2", {}, "What happened"),
      h("div", { class: "filters" }, field("event-stream", "Stream", stream), field("event-kind", "What", kind), field("event-person", "Person", person), field("event-label", "Action", label), field("event-span", "When", span)),
      h(
        "div",
        { class: "row apart" },
        count,
        h(
          "div",
          { class: "row" },
          h("button", { type: "button", onclick: () => void keep("json") }, icon("download"), "JSON"),
          h("button", { type: "button", onclick: () => void keep("parquet") }, icon("download"), "Parquet"),
          h("button", { type: "button", class: "danger", onclick: () => void forget() }, icon("bin"), "Forget these"),
        ),
      ),
      empty,
      h("div", { class: "wide" }, table),
    ),
  );

  function filter() {
    const seconds = Number(span.value);
    return {
      stream: stream.value,
      kind: kind.value,
      person: /^\d+$/.test(person.value.trim()) ? person.value.trim() : "",
      label: label.value.trim(),
      since: seconds ? Math.floor(Date.now() / 1000 - seconds) : "",
    };
  }

  /** @param {Happening} event */
  function fits(event) {
    const wanted = filter();
    return (
      (!wanted.stream || event.stream === wanted.stream) &&
      (!wanted.kind || event.kind === wanted.kind) &&
      (!wanted.person || event.person === Number(wanted.person)) &&
      (!wanted.label || event.label === wanted.label) &&
      (!wanted.since || event.time >= Number(wanted.since))
    );
  }

  async function load() {
    const mine = ++asked;
    try {
      const told = await get(query("/v1/events", { ...filter(), limit: SHOWN, newest: 1 }));
      if (mine !== asked || over) return;
      shown = told.events.sort(newestFirst);
      more = Boolean(told.more);
      fill(body, ...shown.map((event) => row(event)));
      tell();
    } catch (error) {
      if (mine === asked && !over) say(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  function tell() {
    table.hidden = shown.length === 0;
    const filtered = Object.values(filter()).some((value) => value !== "");
    empty.hidden = shown.length > 0;
    empty.textContent = filtered ? "Nothing of this kind has happened." : "Nothing has happened yet. Look at a camera or a stream: who comes, goes, and does what is written down here, without pictures.";
    count.textContent = shown.length ? `${more ? "the newest " : ""}${shown.length} event${shown.length === 1 ? "" : "s"}` : "";
  }

  /** @param {Happening} event @param {boolean} [fresh] */
  function row(event, fresh = false) {
    const when = new Date(event.time * 1000);
    const today = when.toDateString() === new Date().toDateString();
    const clock = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    const who = (event.person ?? -1) >= 0 ? h("span", { class: "chip" }, event.person) : "";
    if (who) who.style.setProperty("--person", `var(--person-${(event.person ?? 0) % 10})`);
    return h(
      "tr",
      { class: fresh ? "fresh" : null, dataset: { kind: event.kind } },
      h("td", { class: "number" }, h("time", { datetime: when.toISOString(), title: when.toLocaleString() }, today ? clock : `${when.toLocaleDateString()} ${clock}`)),
      h("td", { class: "narrowed" }, names[event.stream] ?? event.stream),
      h("td", {}, who),
      h("td", {}, words(event)),
      h("td", { class: "quiet small" }, details(event)),
    );
  }

  /** @param {any} message */
  function came({ data }) {
    if (data?.type !== "event") return;
    /** @type {Happening} */
    const event = data.event;
    if (!fits(event) || shown.some(({ id }) => id === event.id)) return;
    const at = shown.findIndex((other) => newestFirst(event, other) < 0);
    shown.splice(at < 0 ? shown.length : at, 0, event);
    body.insertBefore(row(event, true), at < 0 ? null : body.children[at]);
    if (shown.length > SHOWN) {
      shown.pop();
      more = true;
      body.lastElementChild?.remove();
    }
    tell();
  }

  /** @param {"json"|"parquet"} format */
  async function keep(format) {
    try {
      await save(query("/v1/events", { ...filter(), format, limit: format === "json" ? 10000 : "" }), `events.${format}`);
      say("Saved.", "good");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  async function forget() {
    const which = Object.entries(filter()).filter(([, value]) => value !== "").map(([name, value]) => (name === "since" ? (SPANS.find(([seconds]) => seconds === span.value)?.[1] ?? "") : `${name} ${name === "stream" ? (names[String(value)] ?? value) : value}`));
    if (!confirm(`Forget ${which.length ? `all events of: ${which.join(", ")}` : "all events that are stored"}? This cannot be taken back.`)) return;
    try {
      const { forgotten } = await del(query("/v1/events", filter()));
      say(`${forgotten} event${forgotten === 1 ? " was" : "s were"} forgotten.`, "good");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    await load();
  }

  async function nameStreams() {
    try {
      for (const { id, name } of await streams()) names[id] = name;
    } catch {
      return; // `service` says what is wrong
    }
    const value = stream.value;
    fill(stream, h("option", { value: "" }, "all streams"), ...Object.entries(names).map(([id, name]) => h("option", { value: id }, name)));
    stream.value = value;
  }

  const change = () => {
    clearTimeout(pending);
    pending = window.setTimeout(() => void load(), CALM);
  };
  for (const control of [stream, kind, span]) control.addEventListener("change", () => void load());
  for (const control of [person, label]) control.addEventListener("input", change);
  const reopened = () => void load();
  session.happenings?.addEventListener("message", came);
  session.happenings?.addEventListener("open", reopened);
  tell();
  void nameStreams().then(load);
  return () => {
    over = true;
    clearTimeout(pending);
    session.happenings?.removeEventListener("message", came);
    session.happenings?.removeEventListener("open", reopened);
  };
}

/** @param {Happening} a @param {Happening} b */
function newestFirst(a, b) {
  return b.time - a.time || b.id - a.id;
}

/** @param {Happening} event */
function words({ kind, label, data }) {
  if (kind === "began") return `began: ${label}`;
  if (kind === "ended") return `ended: ${label}`;
  if (kind === "repetition") return h("span", { class: data?.counted === false ? "" : "good" }, `${label}${data?.number ? ` ${data.number}` : ""}${data?.counted === false ? ", not counted" : ", counted"}`);
  if (kind === "fall") return h("strong", { class: "bad" }, label ? `fall: ${label}` : "fall");
  if (kind === "stream") return `stream ${label}`;
  return KINDS[kind] ?? kind;
}

/** @param {Happening} event */
function details({ kind, score, start, end, data = {} }) {
  /** @type {(string|false|null|undefined)[]} */
  const parts = [
    typeof start === "number" && typeof end === "number" && end > start && kind !== "began" && `for ${spell(end - start)}`,
    typeof score === "number" && percent(score),
    data.why_not || data.reason || data.error,
    data.advice,
  ];
  return parts.filter(Boolean).join(" · ");
}
