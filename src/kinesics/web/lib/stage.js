// @ts-check
// The picture of the session with everything drawn on it; each view that wants one makes its own.
//
//     const stage = new Stage(root, session, { drawing: { outlines: true, angles: true }, over: (ctx, view) => …, onselect: (id) => … });
//     stage.drawing.boxes = true; stage.redraw();   // options of draw.scene
//     stage.selected = 3;                           // brought out; null: everybody
//     stage.close();
//
// The picture is the camera's own video, or the JPEGs of a stream, or, with privacy on or where there are none, a dark stage.

import * as draw from "./draw.js";
import { fill, h, icon } from "./dom.js";
import { actionsOf } from "./scene.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {{width: number, height: number, scale: number, mirror: boolean, scene: Scene, place: (p: number[]) => [number, number]}} View `place`: from the scene to ctx */
/**
 * @typedef {object} StageOptions
 * @property {Partial<draw.Options>} [drawing]
 * @property {(ctx: CanvasRenderingContext2D, view: View) => void} [over] drawn last, in pixels of CSS
 * @property {(id: number|null) => void} [onselect] somebody was clicked or tapped; null: nobody
 * @property {(id: number|null) => void} [onhover]
 * @property {(what: "camera"|"demo"|"add"|"again") => void} [onwish] a button of the empty stage; main.js answers by itself
 */

const STATES = /** @type {Record<string, string>} */ ({
  asking: "Waiting for the camera. Say yes when the browser asks.",
  connecting: "Connecting to the service…",
  starting: "The stream is starting…",
  waiting: "The source does not answer. The service tries again by itself.",
  stalled: "No new pictures come from the source. The service tries again by itself.",
  ended: "The source has come to its end.",
  failed: "The stream has failed.",
  paused: "Paused while this page is not in view.",
});
const FADING = 0.75; // of what a joint's score was a picture ago, it is drawn with at least so much: nothing flickers
const TOGETHER = 800; // milliseconds: while pictures come, a scene waits so long for its own

export class Stage {
  /** @type {Partial<draw.Options>} */
  drawing;
  /** @type {HTMLElement} */
  element;
  /** @type {HTMLCanvasElement} */
  canvas;
  #session;
  #options;
  /** @type {HTMLVideoElement} */
  #video;
  #picture;
  #note;
  #words;
  /** @type {number|null} */
  #selected = null;
  /** @type {Map<number, any>} messages whose pictures are on their way */
  #coming = new Map();
  #pictured = -Infinity;
  /** @type {Scene|null} */
  #shown = null;
  /** @type {Map<string, number[]>} scores that joints were drawn with, by epoch and id */
  #drawn = new Map();
  #size = [640, 480];
  #told = 0;
  #watcher;
  /** @type {[string, EventListener][]} */
  #heard;

  /** @param {HTMLElement} root @param {Session} session @param {StageOptions} [options] */
  constructor(root, session, options = {}) {
    this.#session = session;
    this.#options = options;
    this.drawing = options.drawing ?? {};
    this.#video = h("video", { ".muted": true, ".playsInline": true, "aria-hidden": "true", tabindex: "-1", hidden: true });
    this.#picture = h("canvas", { class: "picture", "aria-hidden": "true", hidden: true });
    this.canvas = h("canvas", { class: "overlay", role: "img", "aria-label": "Nothing is shown yet" });
    this.#note = h("div", { class: "stage-note", "aria-live": "polite" });
    this.#words = h("p", { class: "hidden-words", "aria-live": "polite" });
    this.element = h("div", { class: "stage" }, this.#video, this.#picture, this.canvas, this.#note, this.#words);
    root.append(this.element);
    this.#watcher = new ResizeObserver(() => this.redraw());
    this.#watcher.observe(this.element);
    this.canvas.addEventListener("click", (event) => this.#point(event, true));
    this.canvas.addEventListener("pointermove", (event) => this.#point(event, false));
    this.canvas.addEventListener("pointerleave", () => options.onhover?.(null));
    const note = () => this.#tell();
    this.#heard = [
      ["scene", (event) => this.#seen(/** @type {CustomEvent} */ (event).detail)],
      ["picture", (event) => this.#pictureCame(/** @type {CustomEvent} */ (event).detail)],
      ["state", note],
      ["problem", note],
      ["source", () => this.#clear()],
      ["camera", () => this.#clear()],
      ["privacy", () => this.#clear()],
    ];
    for (const [type, listener] of this.#heard) session.addEventListener(type, listener);
    this.#clear();
    if (session.picture) this.#pictureCame(session.picture);
    else if (session.scene) this.#show(session.scene);
  }

  /** Who is brought out, an id; null: nobody. */
  get selected() {
    return this.#selected;
  }

  set selected(id) {
    this.#selected = id;
    this.redraw();
  }

  /** Draw the newest scene anew. */
  redraw() {
    if (this.#shown) this.#draw(this.#shown);
    else this.#blank();
  }

  /** Take it off the page. */
  close() {
    for (const [type, listener] of this.#heard) this.#session.removeEventListener(type, listener);
    this.#watcher.disconnect();
    this.#video.srcObject = null;
    this.element.remove();
  }

  // ------------------------------------------------------------------------------------------------------------ what comes

  #clear() {
    const { camera, privacy } = this.#session;
    const video = camera && !privacy ? camera.stream : null;
    if (this.#video.srcObject !== video) {
      this.#video.srcObject = video;
      if (video) this.#video.play().catch(() => {});
    }
    this.#video.hidden = !video;
    this.#picture.hidden = true;
    this.#pictured = -Infinity;
    this.#coming.clear();
    if (!this.#session.scene) this.#shown = null;
    if (this.#selected !== null && !this.#session.scene) this.#selected = null;
    this.#tell();
    this.redraw();
  }

  /** @param {any} message */
  #seen(message) {
    if (performance.now() - this.#pictured < TOGETHER) {
      this.#coming.set(message.scene.frame, message);
      for (const old of this.#coming.keys()) if (old < message.scene.frame - 30 || this.#coming.size > 12) this.#coming.delete(old);
      return;
    }
    this.#show(message.scene);
    this.#session.drawn(message.number);
  }

  /** @param {import("./session.js").Shown} shown */
  #pictureCame({ bitmap, index }) {
    this.#pictured = performance.now();
    if (this.#picture.width !== bitmap.width || this.#picture.height !== bitmap.height) {
      this.#picture.width = bitmap.width;
      this.#picture.height = bitmap.height;
    }
    this.#picture.hidden = false;
    this.#picture.getContext("2d")?.drawImage(bitmap, 0, 0);
    const message = this.#coming.get(index);
    for (const old of this.#coming.keys()) if (old <= index) this.#coming.delete(old);
    this.#show(message?.scene ?? this.#session.scene ?? this.#shown);
  }

  /** @param {Scene|null} scene */
  #show(scene) {
    if (!scene) return;
    this.#shown = this.#steady(scene);
    if (!this.#note.hidden) this.#tell();
    this.#draw(scene);
    const now = performance.now();
    if (now - this.#told > 3000) {
      this.#told = now;
      const words = inWords(scene);
      this.canvas.setAttribute("aria-label", words);
      if (this.#words.textContent !== words) this.#words.textContent = words;
    }
  }

  /** @param {Scene} scene @returns {Scene} */
  #steady(scene) {
    /** @type {Map<string, number[]>} */
    const now = new Map();
    const people = scene.people.map((person) => {
      const key = `${scene.epoch}:${person.id}:${person.points.length}`;
      const before = person.id >= 0 ? this.#drawn.get(key) : undefined;
      const point_scores = before ? person.point_scores.map((score, i) => Math.max(score, FADING * before[i])) : person.point_scores;
      now.set(key, point_scores);
      return { ...person, point_scores };
    });
    this.#drawn = now;
    return { ...scene, people };
  }

  // ------------------------------------------------------------------------------------------------------------ drawing

  /** @returns {CanvasRenderingContext2D|null} cleared, in CSS pixels */
  #paper() {
    const [width, height] = this.#size;
    this.element.style.setProperty("--ratio", String(width / height));
    this.element.classList.toggle("mirror", this.#session.mirror);
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [wide, tall] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!wide || !tall) return null;
    if (this.canvas.width !== Math.round(wide * ratio) || this.canvas.height !== Math.round(tall * ratio)) {
      this.canvas.width = Math.round(wide * ratio);
      this.canvas.height = Math.round(tall * ratio);
    }
    const ctx = this.canvas.getContext("2d");
    ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx?.clearRect(0, 0, wide, tall);
    return ctx;
  }

  #blank() {
    const size = this.#session.state.size;
    if (size) this.#size = size;
    this.#paper();
  }

  /** @param {Scene} scene */
  #draw(scene) {
    this.#size = scene.size;
    const ctx = this.#paper();
    if (!ctx) return;
    const [width, height, mirror] = [this.canvas.clientWidth, this.canvas.clientHeight, this.#session.mirror];
    const there = scene.people.some((person) => person.id === this.#selected);
    draw.scene(ctx, scene, { ...this.drawing, width, height, mirror, selected: there ? this.#selected : null });
    const scale = width / scene.size[0];
    const place = (/** @type {number[]} */ p) => /** @type {[number, number]} */ ([mirror ? width - p[0] * scale : p[0] * scale, p[1] * scale]);
    this.#options.over?.(ctx, { width, height, scale, mirror, scene, place });
  }

  /** @param {MouseEvent} event @param {boolean} click */
  #point(event, click) {
    const scene = this.#shown;
    if (!scene) return;
    const [x, y] = draw.placeOf(event, this.canvas, scene, this.#session.mirror);
    const id = draw.personAt(scene, x, y)?.id ?? null;
    this.canvas.classList.toggle("pointing", id !== null && !!this.#options.onselect);
    if (!click) return this.#options.onhover?.(id);
    if (!this.#options.onselect) return;
    this.selected = id === this.#selected ? null : id;
    this.#options.onselect(this.#selected);
  }

  // ------------------------------------------------------------------------------------------------------------ words

  #tell() {
    const { problem, state, source } = this.#session;
    this.element.dataset.state = problem ? "problem" : source ? state.state : "empty";
    const wish = (/** @type {"camera"|"demo"|"add"|"again"} */ what) => () =>
      this.#options.onwish ? this.#options.onwish(what) : this.element.dispatchEvent(new CustomEvent("wish", { bubbles: true, detail: what }));
    const others = (/** @type {boolean} */ camera) => [
      camera && h("button", { type: "button", class: "primary", onclick: wish("camera") }, icon("camera"), "Use this camera"),
      h("button", { type: "button", class: camera ? "" : "primary", onclick: wish("demo") }, icon("play"), "Start the demo clip"),
      h("button", { type: "button", onclick: wish("add") }, icon("plus"), "Add a stream"),
    ];
    const said = problem ? `problem:${problem.title}:${problem.text}` : source ? `${state.state}:${state.error ?? ""}` : "empty";
    if (!problem && source && state.state === "running" && this.#shown) return void (this.#note.hidden = true);
    if (this.#note.dataset.said === said && !this.#note.hidden) return;
    this.#note.dataset.said = said;
    this.#note.hidden = false;
    if (problem) {
      const again = h("button", { type: "button", class: "primary", onclick: wish("again") }, icon("again"), "Try again");
      fill(this.#note, h("h2", {}, problem.title), h("p", {}, problem.text), h("div", { class: "row" }, problem.again && again, ...others(false)));
    } else if (!source) {
      const words = "Kinesics shows the joints of each person in view and names what they do, on this computer alone.";
      fill(this.#note, h("h2", {}, "See yourself understood"), h("p", {}, words), h("div", { class: "row" }, ...others(true)));
    } else {
      const words = STATES[state.state] ?? "Waiting for the first picture…";
      fill(this.#note, h("p", {}, words), state.error && !words.includes(state.error) && h("p", { class: "quiet" }, state.error));
    }
  }
}

/**
 * "2 people: 0 walking, 1 sitting".
 * @param {Scene} scene
 */
export function inWords(scene) {
  if (!scene.people.length) return "Nobody is in view";
  const each = scene.people.map(({ id }) => [id >= 0 ? id : "somebody", actionsOf(scene, id)[0]?.label].filter((word) => word !== undefined).join(" "));
  return `${scene.people.length === 1 ? "One person" : `${scene.people.length} people`}: ${each.join(", ")}`;
}
