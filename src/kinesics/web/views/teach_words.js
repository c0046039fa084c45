// @ts-check
// What is said about a taught model, in words.

/** @typedef {{id: number, label: string, person: number, seconds: number, notes: string[]}} Example */
/** @typedef {Record<string, Record<string, number>>} Confusions label -> what the others take its examples for -> how many */

export const ENOUGH = 3; // examples of a label

/** @param {number} count @param {string} one @param {string} [many] */
export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/**
 * How sure a label is.
 * @param {Record<string, number>|undefined} named what its examples are taken for
 * @param {number} count of its examples
 * @returns {{text: string, tone: ""|"good"|"bad"}}
 */
export function certainty(named, label = "", count = 0) {
  if (count === 0) return { text: "Nothing shown yet", tone: "" };
  if (count === 1) return { text: "Shown once: show it twice more to be sure", tone: "" };
  if (!named) return { text: "", tone: "" };
  const right = named[label] ?? 0;
  if (right === count) return { text: `${right} of ${count} sure`, tone: "good" };
  return { text: right === 0 ? `None of ${count} sure` : `${right} of ${count} sure`, tone: right * 2 < count ? "bad" : "" };
}

/**
 * What is taken for what, one line each, the most frequent first.
 * @param {Confusions} table
 * @returns {string[]}
 */
export function confused(table) {
  const rows = Object.entries(table).flatMap(([label, named]) => {
    const count = Object.values(named).reduce((a, b) => a + b, 0);
    return Object.entries(named).flatMap(([name, many]) => (name === label || (name === "unknown" && count === 1) ? [] : [{ label, name, many, count }]));
  });
  rows.sort((a, b) => b.many / b.count - a.many / a.count);
  return rows.map(({ label, name, many, count }) => {
    if (name === "unknown") return `${label}: ${many} of ${count} ${many === 1 ? "is" : "are"} like none of the others; show more of the kind, or delete what went wrong`;
    const often = many === count ? (count === 1 ? "" : "always ") : many * 2 >= count ? "often " : "sometimes ";
    return `${label} is ${often}taken for ${name} (${many} of ${count})`;
  });
}

/**
 * What to do next, in one line.
 * @param {Map<string, number>} counts label -> examples
 */
export function hint(counts) {
  const taught = [...counts].filter(([, count]) => count > 0);
  if (!taught.length) return "Name an action, then hold its button while you do it. Once is enough to begin with; three to five examples make it sure.";
  const few = taught.filter(([, count]) => count < ENOUGH).map(([label]) => label);
  if (few.length) return `Three to five examples of each are enough: show ${listed(few)} again, a little faster, slower or from another side.`;
  if (taught.length === 1) return "Now show what it is not: teach what is easily taken for it under a name of its own, such as “scratching” beside “waving”.";
  return "Enough to work with. Whatever it takes wrongly, show it once more under its right name; what is none of these, under a name of its own.";
}

/** @param {string[]} words */
export function listed(words) {
  const shown = words.length > 4 ? [...words.slice(0, 3), `${words.length - 3} others`] : words;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}
