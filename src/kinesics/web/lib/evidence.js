// @ts-check
// Why an action is named so, in words.

/** @typedef {import("./scene.js").Action} Action */

const DEGREES = /angle|vertical|knee|hip|elbow|shoulder|trunk|lean|bend/;
const TOLD = new Set(["scores", "seconds", "energy", "nearest", "next", "reason", "phase", "fault", "advice", "differs"]);

/** @param {number} share 0 to 1 */
export const percent = (share) => `${Math.round(share * 100)} %`;

/**
 * The reasons for an action, one a line, the weightiest first, measures in the last; [] where nothing is known.
 * @param {Action} action
 * @returns {string[]}
 */
export function evidence({ why, progress }) {
  /** @type {(string|false|null|undefined)[]} */
  const lines = [];
  const { scores, seconds, energy, nearest, next, reason, phase, fault, advice } = why;
  if (reason) lines.push(`Not named: ${reason}`);
  if (advice) lines.push(fault ? `${fault}: ${advice}` : advice);
  if (scores && typeof scores === "object") lines.push(Object.entries(scores).map(([label, share]) => `${label} ${percent(Number(share))}`).join(", "));
  if (nearest && typeof nearest === "object") lines.push(`Nearest example: ${nearest.label}, number ${nearest.example}, ${near(nearest.distance)}`);
  else if (nearest) lines.push(`Nearest: ${nearest}`);
  if (phase) lines.push(`Phase: ${phase}`);
  if (typeof progress === "number" && progress < 1) lines.push(`${percent(progress)} of its usual length`);
  if (typeof seconds === "number") lines.push(`Judged on ${seconds.toFixed(1)} s`);
  if (typeof energy === "number") lines.push(`Moving ${energy.toFixed(1)} body lengths a second`);
  if (next?.label) lines.push(`Likely next: ${next.label} (${percent(next.probability)})`);
  if (typeof why.differs === "string") lines.push(`Differs in: ${why.differs}`);
  const measures = Object.entries(why).map(([name, value]) => (TOLD.has(name) ? null : measure(name, value)));
  lines.push(measures.filter(Boolean).join(" · ") || null);
  return lines.filter((line) => typeof line === "string");
}

/** @param {unknown} distance 0 the same, 2 the opposite */
function near(distance) {
  if (typeof distance !== "number") return "";
  const words = distance < 0.35 ? "very like it" : distance < 0.7 ? "like it" : distance < 1 ? "a little like it" : "hardly like it";
  return `${words} (distance ${distance.toFixed(2)})`;
}

/** @param {string} name @param {unknown} value */
function measure(name, value) {
  if (typeof value === "number") {
    const degrees = DEGREES.test(name) && Number.isInteger(value) && Math.abs(value) <= 360 && !/second|row|rise/.test(name);
    return `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}${degrees ? "°" : ""}`;
  }
  return value === null || typeof value === "object" ? null : `${name} ${value}`;
}
