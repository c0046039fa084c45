// @ts-check
// The page: its tabs, the chooser of sources, the privacy switch, and whether the service is there.
//
// A view is `export default { id, title, style?, mount(root, session) }`; mount returns what takes it down again. `style` is a
// stylesheet of its own, as a path below /page/. Only the view that is shown is mounted.

import { login, service, Line, get } from "./lib/api.js";
import { buildChooser } from "./lib/chooser.js";
import { fill, h, icon } from "./lib/dom.js";
import { say } from "./lib/say.js";
import { Session } from "./lib/session.js";

/** @typedef {{id: string, title: string, style?: string, mount: (root: HTMLElement, session: Session) => (() => void)}} View */

const VIEWS = ["live", "teach", "coach", "person", "events"];
const TITLES = /** @type {Record<string, string>} */ ({ live: "Live", teach: "Teach", coach: "Coach", person: "Person", events: "Events" });

const session = new Session();
/** The stored events as they happen; also how the page knows that the service is there. */
const happenings = new Line("/v1/events/live");
session.happenings = happenings;
Object.assign(window, { kinesics: session }); // for who looks from outside: kinesics.latency

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

// ------------------------------------------------------------------------------------------------------------------ tabs

/** @type {(() => void)|null} */
let unmount = null;
let shown = "";

function buildTabs() {
  const tabs = VIEWS.map((id) =>
    h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `view-${id}`, "aria-selected": "false", tabindex: "-1", onclick: () => go(id) }, icon(id), h("span", {}, TITLES[id])),
  );
  fill(part("tabs"), ...tabs);
  part("tabs").addEventListener("keydown", (event) => {
    const at = VIEWS.indexOf(shown);
    const last = VIEWS.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tabs[to].focus();
    go(VIEWS[to]);
  });
  fill(part("main"), ...VIEWS.map((id) => h("section", { role: "tabpanel", id: `view-${id}`, "aria-labelledby": `tab-${id}`, hidden: true })));
  addEventListener("hashchange", () => show(location.hash.slice(1)));
  void show(VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "live");
}

/** @param {string} id */
function go(id) {
  if (location.hash.slice(1) !== id) history.replaceState(null, "", `#${id}`);
  void show(id);
}

/** @param {string} id */
async function show(id) {
  if (!VIEWS.includes(id) || id === shown) return;
  shown = id;
  unmount?.();
  unmount = null;
  for (const one of VIEWS) {
    const tab = part(`tab-${one}`);
    tab.setAttribute("aria-selected", String(one === id));
    tab.tabIndex = one === id ? 0 : -1;
    part(`view-${one}`).hidden = one !== id;
  }
  document.title = `${TITLES[id]} · Kinesics`;
  const root = part(`view-${id}`);
  try {
    const view = /** @type {View} */ ((await import(`./views/${id}.js`)).default);
    if (view.style) await addStyle(view.style);
    if (shown !== id) return;
    fill(root);
    unmount = view.mount(root, session);
  } catch (error) {
    console.error(error);
    if (shown === id) fill(root, h("p", { class: "empty" }, `This part of the page could not be opened: ${error instanceof Error ? error.message : error}`));
  }
}

/** @param {string} path */
function addStyle(path) {
  const href = `/page/${path}`;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

// --------------------------------------------------------------------------------------------------------------- privacy

function buildPrivacy() {
  const button = h(
    "button",
    { type: "button", class: "switch", role: "switch", onclick: () => (session.privacy = !session.privacy) },
    h("span", { class: "knob", "aria-hidden": "true" }),
    h("span", {}, "Skeleton only"),
  );
  const tell = () => {
    button.setAttribute("aria-checked", String(session.privacy));
    document.body.classList.toggle("private", session.privacy);
    part("where").textContent = whereItGoes();
  };
  fill(part("privacy"), button);
  tell();
  session.addEventListener("privacy", () => {
    tell();
    say(session.privacy ? "Skeleton only: no picture is shown or asked for." : "Pictures are shown again.");
  });
  for (const type of ["source", "settings", "camera", "problem"]) session.addEventListener(type, tell);
}

function whereItGoes() {
  const host = location.host;
  const kept = "They are looked at and forgotten; only joints, labels and events are kept.";
  if (session.source === "camera" && session.camera) return `Pictures of your camera go to the service at ${host} and nowhere else. ${kept}`;
  if (session.source && session.source !== "camera") return `The service at ${host} looks at this stream. ${session.privacy ? "No picture is sent to this page." : "Pictures shown here come from it."} ${kept}`;
  return `Everything stays with the service at ${host}. Nothing is sent to anybody else.`;
}

// --------------------------------------------------------------------------------------------------------------- service

function buildBanner() {
  const banner = part("banner");
  const dialog = /** @type {HTMLDialogElement} */ (part("login"));
  let late = 0;
  const tell = () => {
    clearTimeout(late);
    const { state } = service;
    if (state === "login" && !dialog.open) dialog.showModal();
    if (state === "here") {
      if (!banner.hidden && banner.dataset.was === "gone") say("The service is back.", "good");
      banner.hidden = true;
      banner.dataset.was = "";
      if (dialog.open) dialog.close();
    }
    if (state === "gone") late = window.setTimeout(lost, 600); // a hiccup is not worth a word
  };
  const lost = () => {
    banner.dataset.was = "gone";
    banner.hidden = false;
    fill(banner, h("strong", {}, "The service does not answer."), " Trying again by itself; start it with ", h("code", {}, "kinesics serve"), " if it was ended.");
  };
  service.addEventListener("change", tell);
  happenings.addEventListener("lost", () => void get("/v1/status").catch(() => {}));
  const token = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true, "aria-describedby": "login-words login-error" });
  const wrong = h("p", { id: "login-error", class: "bad", role: "alert" });
  const enter = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      await login(token.value.trim());
      token.value = "";
      say("You are in.", "good");
    } catch (error) {
      wrong.textContent = error instanceof Error && error.message ? error.message : "That is not the token.";
      token.focus();
    }
  };
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  fill(
    dialog,
    h(
      "form",
      { method: "dialog", onsubmit: enter },
      h("h2", { id: "login-title" }, "This service wants its token"),
      h("p", { id: "login-words", class: "quiet" }, "Whoever started it has chosen it or was shown it."),
      h("label", { for: "token" }, "Token"),
      token,
      wrong,
      h("div", { class: "row end" }, h("button", { type: "submit", class: "primary" }, "Enter")),
    ),
  );
  tell();
}

buildPrivacy();
buildBanner();
buildChooser(part("chooser"), /** @type {HTMLDialogElement} */ (part("adding")), session);
buildTabs();
void get("/v1/status").catch(() => {});
