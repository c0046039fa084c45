// @ts-check
// Everything that is drawn over a picture. Colours are those of the library's own films.
//
//     draw.scene(ctx, scene, {width, height, mirror, selected, outlines, angles})   // width, height: of the picture, in ctx's units
//     draw.personAt(scene, x, y)                    // who is at this place of the picture (pixels of the scene); null for nobody
//     const film = draw.skeletonFilm(canvas, {points, times, bones});  film.stop()  // a small film of a skeleton, in a loop
//     draw.colorOf(id)                              // "rgb(…)": dark text reads on each of them

import { edgeOf, windowOf } from "./rle.js";
import { actionsOf, mainPerson, skeletonOf } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Person} Person */
/** @typedef {import("./scene.js").Skeleton} Skeleton */
/** @typedef {CanvasRenderingContext2D} Context */
/**
 * @typedef {object} Angle an angle that is written at a joint
 * @property {[string|number, string|number, string|number]} joints a, b, c by name or number: the angle at b
 * @property {string} [text] instead of its degrees
 * @property {"plain"|"good"|"bad"} [tone]
 * @property {number} [person] id; the main person if not given
 */
/**
 * @typedef {object} Options
 * @property {number} width of the picture on the canvas
 * @property {number} height
 * @property {boolean} [mirror] the picture is shown mirrored; text never is
 * @property {number|null} [selected] id of who is brought out, the others are faint
 * @property {boolean} [outlines] draw outlines where the scene has them
 * @property {boolean} [boxes]
 * @property {boolean} [faces]
 * @property {boolean} [labels] ids and what people do; yes if not given
 * @property {boolean} [bones] yes if not given
 * @property {boolean|Angle[]} [angles] true: elbows, shoulders, hips and knees of the main person
 */
/**
 * @typedef {object} Film
 * @property {(number[]|null)[][]} points (t, k, 2), null where missing; any unit, y down
 * @property {number[]} times seconds
 * @property {[number, number][]} bones
 * @property {string[]} [joints] their names: left and right are then told apart
 */

export const LEFT = "rgb(70 170 245)";
export const RIGHT = "rgb(255 150 40)";
export const NOBODY = "rgb(176 176 176)";
export const INK = "rgb(18 20 24)";
export const PAPER = "rgb(250 250 248)";
export const GOOD = "rgb(80 200 120)";
export const BAD = "rgb(242 84 66)";
/** @type {[number, number, number][]} */
export const IDS = [
  [140, 250, 215],
  [255, 221, 40],
  [150, 140, 255],
  [242, 84, 66],
  [235, 85, 205],
  [80, 200, 120],
  [198, 243, 130],
  [205, 165, 215],
  [140, 212, 242],
  [255, 190, 140],
];
/** From this score on, this opacity. @type {[number, number][]} */
const GRADES = [
  [0.4, 1],
  [0.22, 0.62],
  [0.08, 0.34],
];
const HEAD = /^(nose|left_eye|right_eye|left_ear|right_ear|eye|ear|mouth)/;
const DENSE = /^(face|left_hand|right_hand)/;
/** @type {Angle[]} */
const USUAL = ["left", "right"].flatMap((side) => [
  { joints: [`${side}_shoulder`, `${side}_elbow`, `${side}_wrist`] },
  { joints: [`${side}_hip`, `${side}_shoulder`, `${side}_elbow`] },
  { joints: [`${side}_shoulder`, `${side}_hip`, `${side}_knee`] },
  { joints: [`${side}_hip`, `${side}_knee`, `${side}_ankle`] },
]);

/** @param {number} id @returns {[number, number, number]} red, green, blue */
function partsOf(id) {
  return id >= 0 ? IDS[id % IDS.length] : [176, 176, 176];
}

/**
 * The colour of a person: the same id has the same colour in every picture; -1 is grey.
 * @param {number} id
 * @param {number} [alpha]
 */
export function colorOf(id, alpha = 1) {
  const [r, g, b] = partsOf(id);
  return alpha < 1 ? `rgb(${r} ${g} ${b} / ${alpha})` : `rgb(${r} ${g} ${b})`;
}

/** @param {string} name */
function sideOf(name) {
  const words = name.split("_");
  return words.includes("left") ? 1 : words.includes("right") ? 2 : 0;
}

/** @param {number} score @returns {number} opacity, 0 for not at all */
function opacityOf(score) {
  return (GRADES.find(([least]) => score >= least) ?? [0, 0])[1];
}

/** @param {Skeleton} skeleton @param {number} joint */
const isFine = (skeleton, joint) => HEAD.test(skeleton.joints[joint] ?? "") || isDense(skeleton, joint);

/** @param {Skeleton} skeleton @param {number} joint */
const isDense = (skeleton, joint) => skeleton.joints.length > 60 && DENSE.test(skeleton.joints[joint] ?? "");

/**
 * A scene over its picture.
 * @param {Context} ctx its origin is the picture's corner
 * @param {Scene} scene
 * @param {Options} options
 */
export function scene(ctx, scene, options) {
  const { width, mirror = false, selected = null } = options;
  const scale = width / scene.size[0];
  const place = (/** @type {number[]} */ p) => /** @type {[number, number]} */ ([mirror ? width - p[0] * scale : p[0] * scale, p[1] * scale]);
  const faint = (/** @type {Person} */ person) => (selected !== null && person.id !== selected ? 0.35 : 1);
  const skeleton = skeletonOf(scene.skeleton);
  ctx.save();
  ctx.lineCap = ctx.lineJoin = "round";
  for (const person of scene.people) {
    if (options.outlines && person.mask) outline(ctx, person, scale, options, faint(person));
  }
  for (const person of scene.people) {
    if (options.boxes) box(ctx, person, place, faint(person));
    if (options.bones ?? true) {
      figure(ctx, person.points.map((p) => (p ? place(p) : null)), person.point_scores, skeleton, {
        id: person.id,
        thick: thickness(person, scale),
        alpha: faint(person),
      });
    }
  }
  if (options.faces) scene.faces.forEach((face) => faceOf(ctx, face, place));
  if (options.angles) angles(ctx, scene, options.angles === true ? USUAL : options.angles, place, options);
  if (options.labels ?? true) labels(ctx, scene, place, options, faint);
  ctx.restore();
}

/** @param {Person} person @param {number} scale how wide a bone is on the canvas */
function thickness({ box: [x1, y1, x2, y2] }, scale) {
  return Math.min(Math.max(0.0095 * scale * Math.max(y2 - y1, 0.6 * (x2 - x1)), 2.2), 5.5);
}

/**
 * One skeleton.
 * @param {Context} ctx
 * @param {(number[]|null)[]} points where they are on the canvas
 * @param {number[]|null} scores null: all are sure
 * @param {Skeleton} skeleton
 * @param {{id?: number, thick?: number, alpha?: number, color?: string}} [options] `color`: of everything, instead of by side
 */
export function figure(ctx, points, scores, skeleton, { id = -1, thick = 3, alpha = 1, color } = {}) {
  const own = color ?? colorOf(id);
  const tones = color || id < 0 ? [own, own, own] : [own, LEFT, RIGHT];
  const sure = points.map((p, i) => (p ? opacityOf(scores ? (scores[i] ?? 0) : 1) : 0));
  const sides = skeleton.joints.map(sideOf);
  const wide = points.map((_, i) => (isDense(skeleton, i) ? Math.max(thick * 0.35, 0.8) : isFine(skeleton, i) ? thick * 0.6 : thick));
  const bones = skeleton.bones.filter(([a, b]) => sure[a] && sure[b]);
  const line = (/** @type {[number, number]} */ [a, b], /** @type {number} */ width, /** @type {string} */ tone) => {
    const [p, q] = [points[a], points[b]];
    if (!p || !q) return;
    ctx.globalAlpha = alpha * Math.min(sure[a], sure[b]);
    ctx.strokeStyle = tone;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(p[0], p[1]);
    ctx.lineTo(q[0], q[1]);
    ctx.stroke();
  };
  const dot = (/** @type {number} */ i, /** @type {number} */ radius, /** @type {string} */ tone) => {
    const p = points[i];
    if (!p || !sure[i]) return;
    ctx.globalAlpha = alpha * sure[i];
    ctx.fillStyle = tone;
    ctx.beginPath();
    ctx.arc(p[0], p[1], radius, 0, 7);
    ctx.fill();
  };
  const least = (/** @type {[number, number]} */ [a, b]) => Math.min(wide[a], wide[b]);
  const edge = Math.max(0.35 * thick, 0.9);
  for (const bone of bones) line(bone, least(bone) + 2 * edge, INK);
  points.forEach((_, i) => isDense(skeleton, i) || dot(i, wide[i] * 1.05 + edge, INK));
  for (const bone of bones) {
    const both = [sides[bone[0]], sides[bone[1]]];
    line(bone, least(bone), tones[both[0] === both[1] ? both[0] : both[0] && both[1] ? 0 : both[0] || both[1]]);
  }
  points.forEach((_, i) => dot(i, isDense(skeleton, i) ? wide[i] * 0.8 : wide[i] * 1.05, own));
  ctx.globalAlpha = 1;
}

/** @param {Context} ctx @param {Person} person @param {(p: number[]) => [number, number]} place @param {number} alpha */
function box(ctx, person, place, alpha) {
  const [a, b] = [place([person.box[0], person.box[1]]), place([person.box[2], person.box[3]])];
  ctx.globalAlpha = alpha;
  for (const [tone, width] of /** @type {[string, number][]} */ ([[INK, 3.5], [colorOf(person.id), 1.75]])) {
    ctx.strokeStyle = tone;
    ctx.lineWidth = width;
    ctx.strokeRect(Math.min(a[0], b[0]), a[1], Math.abs(b[0] - a[0]), b[1] - a[1]);
  }
  ctx.globalAlpha = 1;
}

/** @type {OffscreenCanvas|HTMLCanvasElement|null} */
let scratch = null;

/** @param {Context} ctx @param {Person} person @param {number} scale @param {Options} options @param {number} alpha */
function outline(ctx, person, scale, { width, mirror }, alpha) {
  const mask = person.mask && windowOf(person.mask);
  if (!mask) return;
  const wide = scale * (person.mask?.size[1] ?? 1) < 1 ? 1 : scale;
  const edge = edgeOf(mask, wide < 0.75 ? 3 : wide < 1.5 ? 2 : 1);
  const image = new ImageData(mask.width, mask.height);
  const [r, g, b] = partsOf(person.id);
  for (let i = 0, at = 0; i < mask.inside.length; i++, at += 4) {
    if (!mask.inside[i]) continue;
    image.data[at] = r;
    image.data[at + 1] = g;
    image.data[at + 2] = b;
    image.data[at + 3] = edge[i] ? 235 : 56;
  }
  scratch ??= document.createElement("canvas");
  if (scratch.width < mask.width) scratch.width = mask.width;
  if (scratch.height < mask.height) scratch.height = mask.height;
  const paper = /** @type {Context|null} */ (scratch.getContext("2d"));
  if (!paper) return;
  paper.putImageData(image, 0, 0);
  ctx.save();
  ctx.globalAlpha = alpha;
  ctx.imageSmoothingQuality = "high";
  if (mirror) {
    ctx.translate(width, 0);
    ctx.scale(-1, 1);
  }
  ctx.drawImage(scratch, 0, 0, mask.width, mask.height, mask.x * scale, mask.y * scale, mask.width * scale, mask.height * scale);
  ctx.restore();
}

/** @param {Context} ctx @param {Record<string, any>} face @param {(p: number[]) => [number, number]} place */
function faceOf(ctx, face, place) {
  const where = face.box;
  if (!Array.isArray(where) || where.length < 4) return;
  const [a, b] = [place([where[0], where[1]]), place([where[2], where[3]])];
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [rx, ry] = [Math.abs(b[0] - a[0]) / 2, Math.abs(b[1] - a[1]) / 2];
  const turned = b[0] < a[0] ? -1 : 1; // mirrored
  const radians = (/** @type {unknown} */ degrees) => (typeof degrees === "number" ? (degrees * Math.PI) / 180 : 0);
  for (const [tone, width] of /** @type {[string, number][]} */ ([[INK, 3.5], [colorOf(face.person ?? -1), 1.75]])) {
    ctx.strokeStyle = tone;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.ellipse(x, y, rx, ry, 0, 0, 7);
    ctx.moveTo(x, y);
    ctx.lineTo(x + turned * Math.sin(radians(face.yaw)) * rx * 1.8, y - Math.sin(radians(face.pitch)) * ry * 1.8);
    ctx.stroke();
  }
  const words = [face.name, (face.gates?.covered ?? 0) > 0.4 && "covered"].filter(Boolean).join(" · ");
  if (words) tag(ctx, x, y + ry + 14, [{ text: words, ink: PAPER, ground: INK }], 12);
}

/**
 * Degrees at b, 0 to 180.
 * @param {number[]} a @param {number[]} b @param {number[]} c
 */
export function angleAt(a, b, c) {
  const turn = Math.abs(Math.atan2(a[1] - b[1], a[0] - b[0]) - Math.atan2(c[1] - b[1], c[0] - b[0]));
  return ((turn > Math.PI ? 2 * Math.PI - turn : turn) * 180) / Math.PI;
}

/** @param {Context} ctx @param {Scene} scene @param {Angle[]} wanted @param {(p: number[]) => [number, number]} place @param {Options} options */
function angles(ctx, scene, wanted, place, options) {
  const skeleton = skeletonOf(scene.skeleton);
  const number = (/** @type {string|number} */ joint) => (typeof joint === "number" ? joint : skeleton.joints.indexOf(joint));
  for (const angle of wanted) {
    const id = angle.person ?? options.selected ?? mainPerson(scene)?.id;
    const person = scene.people.find((one) => one.id === id);
    if (!person) continue;
    const [a, b, c] = angle.joints.map(number).map((i) => ((person.point_scores[i] ?? 0) >= GRADES[1][0] && person.points[i] ? place(/** @type {number[]} */ (person.points[i])) : null));
    if (!a || !b || !c) continue;
    const tone = angle.tone === "bad" ? BAD : angle.tone === "good" ? GOOD : PAPER;
    const [from, to] = [Math.atan2(a[1] - b[1], a[0] - b[0]), Math.atan2(c[1] - b[1], c[0] - b[0])];
    const backwards = (to - from + 4 * Math.PI) % (2 * Math.PI) > Math.PI;
    const radius = Math.min(26, Math.hypot(a[0] - b[0], a[1] - b[1]) * 0.4, Math.hypot(c[0] - b[0], c[1] - b[1]) * 0.4);
    for (const [color, width] of /** @type {[string, number][]} */ ([[INK, 5], [tone, 2.5]])) {
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.arc(b[0], b[1], radius, from, to, backwards);
      ctx.stroke();
    }
    const middle = from + ((backwards ? -1 : 1) * ((backwards ? from - to : to - from) + 4 * Math.PI) % (2 * Math.PI)) / 2;
    const text = angle.text ?? `${Math.round(angleAt(a, b, c))}°`;
    tag(ctx, b[0] + Math.cos(middle) * (radius + 20), b[1] + Math.sin(middle) * (radius + 14), [{ text, ink: angle.tone && angle.tone !== "plain" ? INK : PAPER, ground: angle.tone && angle.tone !== "plain" ? tone : INK }], 13);
  }
}

/**
 * @param {Context} ctx @param {Scene} scene @param {(p: number[]) => [number, number]} place
 * @param {Options} options @param {(person: Person) => number} faint
 */
function labels(ctx, scene, place, options, faint) {
  const size = Math.min(Math.max(options.width / 52, 12), 17);
  /** @type {number[][]} */
  const taken = [];
  for (const person of [...scene.people].sort((a, b) => a.box[1] - b.box[1])) {
    const [a, b] = [place([person.box[0], person.box[1]]), place([person.box[2], person.box[3]])];
    const doing = actionsOf(scene, person.id).slice(0, 2);
    const color = colorOf(person.id);
    const parts = [{ text: person.id >= 0 ? String(person.id) : "?", ink: INK, ground: color }];
    for (const { label } of doing) parts.push({ text: label.length > 26 ? `${label.slice(0, 25)}…` : label, ink: PAPER, ground: INK });
    const wide = tagWidth(ctx, parts, size);
    const x = Math.min(Math.max((a[0] + b[0]) / 2, wide / 2 + 2), options.width - wide / 2 - 2);
    let y = Math.max(a[1] - size, size);
    while (taken.some((t) => Math.abs(t[0] - x) < (t[2] + wide) / 2 && Math.abs(t[1] - y) < size * 2)) y += size * 2.1;
    taken.push([x, y, wide]);
    ctx.globalAlpha = Math.max(faint(person), 0.5);
    tag(ctx, x, y, parts, size, doing[0]?.score, color);
    ctx.globalAlpha = 1;
  }
}

/** @typedef {{text: string, ink: string, ground: string}} Part */

/** @param {Context} ctx @param {Part[]} parts @param {number} size */
function tagWidth(ctx, parts, size) {
  ctx.font = `600 ${size}px system-ui, sans-serif`;
  return parts.reduce((sum, { text }) => sum + ctx.measureText(text).width + size * 0.9, 0);
}

/**
 * A tag of one or several parts, its middle at x, y.
 * @param {Context} ctx @param {number} x @param {number} y @param {Part[]} parts @param {number} size of the text
 * @param {number} [score] 0 to 1: a bar along its foot @param {string} [color] of the bar
 */
export function tag(ctx, x, y, parts, size, score, color = PAPER) {
  const wide = tagWidth(ctx, parts, size);
  const tall = size * 1.7;
  const [left, top] = [x - wide / 2, y - tall / 2];
  ctx.save();
  ctx.beginPath();
  ctx.roundRect(left - 1, top - 1, wide + 2, tall + 2, size * 0.45);
  ctx.fillStyle = INK;
  ctx.fill();
  ctx.clip();
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  let at = left;
  for (const { text, ink, ground } of parts) {
    const room = ctx.measureText(text).width + size * 0.9;
    ctx.fillStyle = ground;
    ctx.fillRect(at, top, room, tall);
    ctx.fillStyle = ink;
    ctx.fillText(text, at + size * 0.45, y + size * 0.04);
    at += room;
  }
  if (score !== undefined) {
    const first = ctx.measureText(parts[0].text).width + size * 0.9;
    ctx.fillStyle = color;
    ctx.fillRect(left + first, top + tall - 2.5, (wide - first) * score, 2.5);
  }
  ctx.restore();
}

/**
 * Who is at a place of the picture: the smallest box that holds it.
 * @param {Scene|null} scene
 * @param {number} x pixels of the scene
 * @param {number} y
 * @returns {Person|null}
 */
export function personAt(scene, x, y) {
  const area = (/** @type {Person} */ { box: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
  const here = (scene?.people ?? []).filter(({ box: [x1, y1, x2, y2] }) => x >= x1 && x <= x2 && y >= y1 && y <= y2);
  return here.length ? here.reduce((a, b) => (area(b) < area(a) ? b : a)) : null;
}

/**
 * Where on the scene a pointer is.
 * @param {{clientX: number, clientY: number}} event
 * @param {Element} element that shows the whole picture
 * @param {Scene} scene
 * @param {boolean} mirror
 * @returns {[number, number]} pixels of the scene
 */
export function placeOf(event, element, scene, mirror) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const x = ((event.clientX - left) / width) * scene.size[0];
  return [mirror ? scene.size[0] - x : x, ((event.clientY - top) / height) * scene.size[1]];
}

/**
 * A small film of a skeleton, in a loop; it rests while nobody sees it, and where less motion is wanted until it is pointed at.
 * @param {HTMLCanvasElement} canvas its CSS size counts
 * @param {Film} film
 * @param {{color?: string, mirror?: boolean, speed?: number}} [options] `color`: of the joints
 * @returns {{stop: () => void, show: (share: number) => void, playing: boolean}} `show` stops at a share (0 to 1) of the film
 */
export function skeletonFilm(canvas, film, { color = colorOf(0), mirror = false, speed = 1 } = {}) {
  const ctx = canvas.getContext("2d");
  const frames = film.points;
  const skeleton = { name: "film", joints: film.joints ?? frames[0]?.map(() => "") ?? [], bones: film.bones };
  const all = frames.flat().filter((p) => p !== null && p.every(Number.isFinite));
  const [x1, x2, y1, y2] = [0, 1].flatMap((axis) => {
    const values = all.map((p) => /** @type {number[]} */ (p)[axis]);
    return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  });
  const start = film.times[0] ?? 0;
  const lasts = Math.max((film.times[film.times.length - 1] ?? 0) - start, 0.1) + 0.4; // a breath before it begins again
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const control = { playing: false, stop, show };
  let [visible, over, began, pending] = [true, false, performance.now(), 0];

  /** @param {number} row */
  function paint(row) {
    if (!ctx) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [wide, tall] = [canvas.clientWidth || 120, canvas.clientHeight || 90];
    if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(tall * ratio)) {
      canvas.width = Math.round(wide * ratio);
      canvas.height = Math.round(tall * ratio);
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, wide, tall);
    ctx.lineCap = ctx.lineJoin = "round";
    const scale = Math.min((wide * 0.86) / Math.max(x2 - x1, 1e-6), (tall * 0.86) / Math.max(y2 - y1, 1e-6));
    const place = (/** @type {number[]|null} */ p) =>
      p && Number.isFinite(p[0]) ? [wide / 2 + (mirror ? -1 : 1) * (p[0] - (x1 + x2) / 2) * scale, tall / 2 + (p[1] - (y1 + y2) / 2) * scale] : null;
    figure(ctx, (frames[row] ?? []).map(place), null, skeleton, { id: 0, thick: Math.max(Math.min(wide, tall) / 42, 1.6), color: film.joints ? undefined : color });
  }

  /** @param {number} share */
  function show(share) {
    control.playing = false;
    paint(Math.round(share * (frames.length - 1)));
  }

  /** @param {number} now */
  function step(now) {
    pending = 0;
    if (over || !control.playing) return;
    const time = start + ((((now - began) / 1000) * speed) % lasts);
    let row = 0;
    while (row < frames.length - 1 && film.times[row + 1] <= time) row++;
    paint(row);
    pending = requestAnimationFrame(step);
  }

  function play() {
    if (over || control.playing || !visible || frames.length < 2) return;
    control.playing = true;
    began = performance.now();
    pending = requestAnimationFrame(step);
  }

  function rest() {
    control.playing = false;
    cancelAnimationFrame(pending);
    if (!over) paint(Math.floor(frames.length / 2));
  }

  const looker = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    if (visible && !calm.matches) play();
    else rest();
  });
  function point() {
    if (calm.matches) play();
  }
  function leave() {
    if (calm.matches) rest();
  }
  canvas.addEventListener("pointerenter", point);
  canvas.addEventListener("pointerleave", leave);
  looker.observe(canvas);
  paint(Math.floor(frames.length / 2));

  function stop() {
    over = true;
    control.playing = false;
    cancelAnimationFrame(pending);
    looker.disconnect();
    canvas.removeEventListener("pointerenter", point);
    canvas.removeEventListener("pointerleave", leave);
  }
  return control;
}
