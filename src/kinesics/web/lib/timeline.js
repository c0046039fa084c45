// @ts-check
// The last minute, a lane a person: who was there, what they did, and marks for what happened.

import { colorOf } from "./draw.js";
import { h } from "./dom.js";
import { actionsOf } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {{label: string, from: number, to: number, score: number}} Piece */
/** @typedef {{at: number, kind: string, label: string}} Mark */
/** @typedef {{id: number, key: string, there: Piece[], does: Piece[], marks: Mark[], last: number}} Lane */

const SHOWN = 60; // seconds
const GAP = 1.2; // seconds after which the same label is another piece
const LANES = 8;
const LANE = 26; // pixels
const SIGNS = /** @type {Record<string, string>} */ ({ fall: "▼", repetition: "●" });

/** The lanes; `element` goes on the page, `add` takes scenes, `mark` events, `draw` shows them. */
export class Timeline {
  element;
  #canvas = h("canvas", { role: "img", "aria-label": "The last minute" });
  /** @type {Map<string, Lane>} */
  #lanes = new Map();

  constructor() {
    this.element = h("div", { class: "timeline" }, this.#canvas);
  }

  /** @param {Scene} scene @param {number} now seconds */
  add(scene, now) {
    for (const person of scene.people) {
      if (person.id < 0) continue;
      const lane = this.#lane(person.id, scene.epoch, now);
      lane.last = now;
      extend(lane.there, "", now, person.score);
      const [first] = actionsOf(scene, person.id).filter((action) => action.end >= scene.time - 0.5);
      if (first) extend(lane.does, first.label, now, first.score);
    }
    for (const [key, lane] of this.#lanes) if (now - lane.last > SHOWN) this.#lanes.delete(key);
  }

  /** @param {import("./scene.js").Happening} event @param {number} now seconds */
  mark({ person = -1, epoch = 0, kind, label = "" }, now) {
    this.#lanes.get(`${epoch}:${person}`)?.marks.push({ at: now, kind, label });
  }

  /** Forget everything: another source. */
  clear() {
    this.#lanes.clear();
  }

  /** @param {number} now seconds */
  draw(now) {
    const lanes = [...this.#lanes.values()].sort((a, b) => b.last - a.last).slice(0, LANES).sort((a, b) => a.id - b.id);
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const tall = Math.max(lanes.length, 1) * LANE + 18;
    this.#canvas.style.setProperty("height", `${tall}px`);
    const wide = this.#canvas.clientWidth;
    const ctx = this.#canvas.getContext("2d");
    if (!wide || !ctx) return;
    if (this.#canvas.width !== Math.round(wide * ratio) || this.#canvas.height !== Math.round(tall * ratio)) {
      this.#canvas.width = Math.round(wide * ratio);
      this.#canvas.height = Math.round(tall * ratio);
    }
    const style = getComputedStyle(this.#canvas);
    const [ink, quiet, line] = ["--ink", "--quiet", "--line"].map((name) => style.getPropertyValue(name));
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, wide, tall);
    const left = 34;
    const x = (/** @type {number} */ at) => left + Math.max(0, 1 - (now - at) / SHOWN) * (wide - left - 4);
    ctx.font = "12px system-ui, sans-serif";
    ctx.textBaseline = "middle";
    for (const ago of [60, 45, 30, 15, 0]) {
      const at = x(now - ago);
      ctx.fillStyle = line;
      if (lanes.length) ctx.fillRect(at, 0, 1, tall - 16);
      ctx.fillStyle = quiet;
      ctx.textAlign = ago === 0 ? "right" : ago === 60 ? "left" : "center";
      ctx.fillText(ago ? `−${ago} s` : "now", at, tall - 7);
    }
    ctx.textAlign = "left";
    if (!lanes.length) {
      ctx.fillStyle = quiet;
      ctx.fillText("Nobody has been seen in the last minute.", left + 8, LANE / 2);
    }
    lanes.forEach((lane, i) => this.#drawLane(ctx, lane, i * LANE + 2, x, ink));
    this.#canvas.setAttribute("aria-label", `The last minute. ${lanes.map(inWords).join(". ") || "Nobody was seen"}`);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Lane} lane @param {number} top @param {(at: number) => number} x @param {string} ink */
  #drawLane(ctx, lane, top, x, ink) {
    const [middle, color] = [top + LANE / 2 - 2, colorOf(lane.id)];
    ctx.fillStyle = color;
    ctx.beginPath();
    ctx.roundRect(0, top + 2, 28, LANE - 8, 5);
    ctx.fill();
    ctx.fillStyle = "rgb(18 20 24)";
    ctx.textAlign = "center";
    ctx.fillText(String(lane.id), 14, middle);
    ctx.textAlign = "left";
    ctx.fillStyle = color;
    for (const piece of lane.there) ctx.fillRect(x(piece.from), middle - 1, Math.max(x(piece.to) - x(piece.from), 1), 3);
    for (const piece of lane.does) {
      const [from, to] = [x(piece.from), x(piece.to)];
      if (to <= from) continue;
      ctx.globalAlpha = piece.label === "unknown" ? 0.35 : 0.45 + 0.55 * piece.score;
      ctx.fillStyle = piece.label === "unknown" ? "rgb(150 154 160)" : color;
      ctx.beginPath();
      ctx.roundRect(from, top + 2, to - from, LANE - 8, 4);
      ctx.fill();
      ctx.globalAlpha = 1;
      if (to - from < 26 || piece.label === "unknown") continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(from, top, to - from - 3, LANE);
      ctx.clip();
      ctx.fillStyle = "rgb(18 20 24)";
      ctx.fillText(piece.label, from + 5, middle);
      ctx.restore();
    }
    ctx.fillStyle = ink;
    ctx.textAlign = "center";
    for (const mark of lane.marks) if (SIGNS[mark.kind]) ctx.fillText(SIGNS[mark.kind], x(mark.at), top + 2);
    ctx.textAlign = "left";
  }

  /** @param {number} id @param {number} epoch @param {number} now @returns {Lane} */
  #lane(id, epoch, now) {
    const key = `${epoch}:${id}`;
    const lane = this.#lanes.get(key) ?? { id, key, there: [], does: [], marks: [], last: now };
    this.#lanes.set(key, lane);
    for (const list of [lane.there, lane.does]) while (list.length && now - list[0].to > SHOWN) list.shift();
    while (lane.marks.length && now - lane.marks[0].at > SHOWN) lane.marks.shift();
    return lane;
  }
}

/** @param {Piece[]} pieces @param {string} label @param {number} now @param {number} score */
function extend(pieces, label, now, score) {
  const last = pieces[pieces.length - 1];
  if (last && last.label === label && now - last.to < GAP) {
    last.to = now;
    last.score = score;
  } else pieces.push({ label, from: last && now - last.to < GAP ? last.to : now, to: now, score });
}

/** @param {Lane} lane */
function inWords({ id, does }) {
  const did = [...new Set(does.map(({ label }) => label))].slice(-4).join(", then ");
  return `${id}: ${did || "there"}`;
}
