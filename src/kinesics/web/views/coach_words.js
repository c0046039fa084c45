// @ts-check
// What a coach has seen, in words; and what an exercise is, as the service tells it.

import { h } from "../lib/dom.js";

/**
 * @typedef {object} Exercise as `/v1/exercises` tells
 * @property {string} name what `settings.coach` takes
 * @property {string} title as its labels begin
 * @property {"repetitions"|"hold"} kind
 * @property {string} about
 * @property {"side"|"front"|"any"} view
 * @property {string} camera
 * @property {string} main the measure that shows it best
 * @property {string} unit "°" or ""
 * @property {[string, number][]} levels
 * @property {{measure: string, joints: string[], sided: boolean}[]} angles
 * @property {{points: (number[]|null)[][], times: number[]}|null} film
 * @property {boolean} own
 * @property {string} error
 */
/** @typedef {{name: string, value: number, limit: number, advice: string, severity: number, times?: number}} Fault */
/**
 * @typedef {object} Try a repetition, or a hold
 * @property {number} number
 * @property {number} start
 * @property {number} end
 * @property {boolean} counted
 * @property {string} why_not
 * @property {Fault[]} faults
 * @property {[number, number]} [range]
 * @property {{down: number, hold: number, up: number}|null} [tempo]
 * @property {number|null} [symmetry]
 * @property {number} [seconds]
 */
/**
 * @typedef {object} Summary of a session
 * @property {string} exercise
 * @property {"repetitions"|"hold"} kind
 * @property {number} person
 * @property {number} repetitions
 * @property {number} not_counted
 * @property {number} seconds_held
 * @property {Try[]} tries
 * @property {Fault[]} faults
 * @property {{fine: boolean, view: string, problems: string[]}} camera
 * @property {string} advice
 */

/** @param {string} words */
export const upper = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {number} value @param {string} unit */
export const valued = (value, unit) => (unit === "°" ? `${Math.round(value)}°` : value.toFixed(2));

/** @param {Summary} summary */
export function inWords({ kind, repetitions, not_counted, seconds_held, tries }) {
  if (kind === "hold") return `held ${seconds_held.toFixed(1)} s${tries.length > 1 ? `, ${tries.length} times` : ""}`;
  const counted = repetitions === 1 ? "1 repetition" : `${repetitions} repetitions`;
  return not_counted ? `${counted}, ${not_counted} not counted` : counted;
}

/**
 * One try as a chip with its details.
 * @param {Try} one
 * @param {Exercise} exercise
 */
export function tryRow(one, { unit, kind }) {
  const known = /** @type {(string|null|false|undefined)[]} */ ([
    kind === "hold" && one.seconds !== undefined && `${one.seconds.toFixed(1)} s`,
    one.range && `${valued(one.range[0], unit)} to ${valued(one.range[1], unit)}`,
    one.tempo && `${one.tempo.down.toFixed(1)} s there, ${one.tempo.hold.toFixed(1)} s held, ${one.tempo.up.toFixed(1)} s back`,
    typeof one.symmetry === "number" && `both sides ${Math.round(one.symmetry * 100)} % alike`,
  ]).filter(Boolean);
  return h(
    "li",
    { class: `try ${one.counted ? "counted" : "missed"}` },
    h("span", { class: "try-number" }, h("span", { class: "sr" }, "Try "), one.number),
    h(
      "div",
      { class: "try-words" },
      h("p", {}, h("strong", {}, one.counted ? "Counted" : "Not counted"), one.why_not ? `: ${one.why_not}` : ""),
      known.length > 0 && h("p", { class: "quiet small number" }, known.join(" · ")),
      ...one.faults.map((fault) => h("p", { class: "small" }, h("strong", {}, upper(fault.name)), `. ${fault.advice}`)),
    ),
  );
}

/**
 * What came of it.
 * @param {Summary} summary
 * @param {Exercise[]} known
 * @param {() => void} close
 */
export function summaryCard(summary, known, close) {
  const exercise = known.find(({ title }) => title === summary.exercise);
  const tries = summary.tries.slice(-12);
  return h(
    "section",
    { class: "card coach-summary", role: "status", tabindex: "-1" },
    h("h2", {}, `${upper(summary.exercise)}: ${inWords(summary)}`),
    summary.advice ? h("p", {}, h("strong", {}, "Next time: "), summary.advice) : summary.tries.length > 0 && h("p", { class: "good" }, "Nothing to mend."),
    !summary.tries.length && h("p", { class: "quiet" }, summary.camera.problems[0] ?? "Nothing was counted: no try was seen."),
    exercise && tries.length > 0 && h("ol", { class: "tries" }, ...tries.map((one) => tryRow(one, exercise))),
    h("div", { class: "row end" }, h("button", { type: "button", onclick: close }, "Close")),
  );
}
