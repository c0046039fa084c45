// @ts-check
// What is looked at: this browser's camera, or a stream of the service; streams are added and removed here, too.

import { del, get, post, service } from "./api.js";
import { cameras } from "./camera.js";
import { fill, h, icon } from "./dom.js";
import { say } from "./say.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {{id: string, name: string, source: string, state: string, error: string}} Row a stream, as the chooser shows it */

const CHOSEN = "kinesics.source";
const EVERY = 3000; // milliseconds between two looks at the list
const WORDS = /** @type {Record<string, string>} */ ({
  starting: "starting",
  running: "running",
  waiting: "not reached, trying again",
  stalled: "no new pictures",
  ended: "ended",
  failed: "failed",
});

/**
 * The streams of the service.
 * @returns {Promise<Row[]>}
 */
export async function streams() {
  const told = await get("/v1/streams");
  /** @type {any[]} */
  const rows = Array.isArray(told) ? told : told.streams;
  return rows.map((row) => {
    const inner = typeof row.state === "object" && row.state ? row.state : row;
    const settings = row.settings ?? {};
    const source = String(settings.source ?? "");
    const named = settings.name === source ? "" : settings.name;
    const name = named || (source === "demo" ? "Demo clip" : source === "browser" ? "Camera of a page" : /^\d+$/.test(source) ? `Camera ${source}` : source);
    return { id: row.id, name, source, state: String(inner.state ?? ""), error: String(inner.error ?? "") };
  });
}

/**
 * Add the demo clip, or find it where it plays already, and look at it.
 * @param {Session} session
 */
export async function startDemo(session) {
  const there = (await streams()).find((row) => row.source === "demo");
  const id = there?.id ?? (await post("/v1/streams", { source: "demo", name: "Demo clip", pixels: true })).id;
  await session.start(id);
}

/**
 * @param {HTMLElement} root
 * @param {HTMLDialogElement} dialog for a new stream
 * @param {Session} session
 */
export function buildChooser(root, dialog, session) {
  /** @type {Row[]} */
  let rows = [];
  /** @type {{id: string, name: string}[]} */
  let devices = [];
  let first = true;
  let drawn = "";

  const select = h("select", { id: "source", "aria-describedby": "source-state" });
  const state = h("span", { id: "source-state", class: "quiet state", "aria-live": "polite" });
  const stop = h("button", { type: "button", class: "plain", title: "Stop looking; a camera is given back", "aria-label": "Stop", onclick: () => session.stop() }, icon("stop"));
  const add = h("button", { type: "button", class: "plain", title: "Add a stream", "aria-label": "Add a stream", onclick: () => open() }, icon("plus"));
  const remove = h("button", { type: "button", class: "plain", title: "Remove this stream", "aria-label": "Remove this stream", onclick: () => void drop() }, icon("bin"));
  fill(root, h("label", { for: "source", class: "sr" }, "Source"), select, stop, remove, add, state);

  function tell() {
    const value = session.source === "camera" ? `camera:${session.camera?.device ?? ""}` : (session.source ?? "");
    const list = rows.filter((row) => row.id !== session.stream || session.source !== "camera");
    const now = JSON.stringify([value, list, devices]);
    if (now !== drawn && document.activeElement !== select) {
      drawn = now;
      const own = devices.length > 1 ? devices : [{ id: devices[0]?.id ?? "", name: "This camera" }];
      fill(
        select,
        h("option", { value: "", disabled: session.source !== null }, "Choose what to look at"),
        h("optgroup", { label: "This browser" }, ...own.map(({ id, name }) => h("option", { value: `camera:${id}` }, name))),
        list.length ? h("optgroup", { label: "Streams of the service" }, ...list.map((row) => h("option", { value: row.id }, `${row.name} (${WORDS[row.state] ?? row.state})`))) : null,
        h("optgroup", { label: "More" }, ...(rows.some((row) => row.source === "demo") ? [] : [h("option", { value: "+demo" }, "Start the demo clip")]), h("option", { value: "+add" }, "Add a stream…")),
      );
      select.value = value;
      if (select.selectedIndex < 0) select.value = session.source === "camera" ? `camera:${own[0].id}` : "";
    }
    const row = rows.find((one) => one.id === session.source);
    stop.hidden = session.source === null;
    remove.hidden = !row;
    const said = session.problem?.title ?? (session.source === null ? "" : session.state.state === "running" ? "running" : (WORDS[session.state.state] ?? session.state.state));
    if (state.textContent !== said) state.textContent = said;
    state.dataset.state = session.problem ? "failed" : session.state.state;
  }

  async function refresh() {
    try {
      rows = await streams();
      devices = await cameras();
      if (first) await begin();
      first = false;
    } catch {
      // `service` says what is wrong
    }
    tell();
  }

  /** What was looked at last, or the only thing there is. */
  async function begin() {
    if (session.source !== null) return;
    const last = localStorage.getItem(CHOSEN);
    const row = rows.find((one) => one.id === last) ?? (last === null || last.startsWith("camera") ? rows.find((one) => one.source !== "browser") : undefined);
    if (row) await session.start(row.id);
  }

  /** @param {string} value */
  async function choose(value) {
    try {
      if (value === "+add") return open();
      if (value === "+demo") return await startDemo(session);
      if (value.startsWith("camera:")) return await session.start("camera", value.length > 7 ? { device: value.slice(7) } : {});
      if (value) return await session.start(value);
      session.stop();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      drawn = "";
      await refresh();
    }
  }

  async function drop() {
    const row = rows.find((one) => one.id === session.source);
    if (!row || !confirm(`Remove “${row.name}” from the service? Its events stay.`)) return;
    try {
      session.stop();
      await del(`/v1/streams/${encodeURIComponent(row.id)}`);
      say(`“${row.name}” was removed.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "bad");
    }
    await refresh();
  }

  function open() {
    fillDialog(dialog, session, async (settings) => {
      const made = await post("/v1/streams", settings);
      await session.start(made.id);
      await refresh();
    });
    dialog.showModal();
  }

  select.addEventListener("change", () => {
    select.blur();
    void choose(select.value);
  });
  document.addEventListener("wish", (event) => {
    const { detail } = /** @type {CustomEvent<string>} */ (event);
    if (detail === "camera") void choose("camera:");
    if (detail === "demo") void choose("+demo");
    if (detail === "add") open();
    if (detail === "again") void session.start(session.source ?? "camera", session.source === "camera" ? {} : session.settings);
  });
  for (const type of ["state", "problem", "source"]) session.addEventListener(type, tell);
  session.addEventListener("source", () => session.source && localStorage.setItem(CHOSEN, session.source));
  service.addEventListener("change", () => service.state === "here" && void refresh());
  navigator.mediaDevices?.addEventListener?.("devicechange", () => void refresh());
  setInterval(() => !document.hidden && service.state === "here" && void refresh(), EVERY);
  tell();
  void refresh();
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Session} session
 * @param {(settings: Record<string, any>) => Promise<void>} done
 */
function fillDialog(dialog, session, done) {
  const source = h("input", { id: "adding-source", required: true, autocomplete: "off", spellcheck: "false", placeholder: "rtsp://… or http://… or 0 or a file", "aria-describedby": "adding-words adding-error" });
  const name = h("input", { id: "adding-name", autocomplete: "off", maxlength: "60" });
  const pixels = h("input", { id: "adding-pixels", type: "checkbox", ".checked": !session.privacy });
  const redact = h("select", { id: "adding-redact" }, h("option", { value: "" }, "as it is"), h("option", { value: "face" }, "faces covered"), h("option", { value: "person" }, "people covered"), h("option", { value: "background" }, "background covered"));
  const wrong = h("p", { id: "adding-error", class: "bad", role: "alert" });
  const button = h("button", { type: "submit", class: "primary" }, "Add");
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong.textContent = "";
    button.disabled = true;
    try {
      await done({ source: source.value.trim(), name: name.value.trim(), pixels: pixels.checked, redact: redact.value || null });
      dialog.close();
    } catch (error) {
      wrong.textContent = error instanceof Error ? error.message : String(error);
      source.focus();
    } finally {
      button.disabled = false;
    }
  };
  fill(
    dialog,
    h(
      "form",
      { method: "dialog", onsubmit: submit },
      h("h2", { id: "adding-title" }, "Add a stream"),
      h("label", { for: "adding-source" }, "Where it comes from"),
      source,
      h("p", { id: "adding-words", class: "quiet small" }, "An rtsp or http address, the number of a camera at the service's machine, a video file in a folder that the service may read, or the word demo."),
      h("label", { for: "adding-name" }, "Name ", h("span", { class: "quiet" }, "(if you like)")),
      name,
      h("label", { class: "check" }, pixels, " Its pictures may be shown on this page"),
      h("label", { for: "adding-redact" }, "Show the picture"),
      redact,
      wrong,
      h("div", { class: "row end" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), button),
    ),
  );
}
