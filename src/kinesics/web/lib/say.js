// @ts-check
// What the page says to people, in one line at its foot that screen readers read out.

/** @type {number|undefined} */
let fading;

/**
 * Say something: shown for some seconds and read out.
 * @param {string} text
 * @param {"info"|"good"|"bad"} [tone] "bad" is read out at once and stays longer
 */
export function say(text, tone = "info") {
  const line = document.getElementById(tone === "bad" ? "alarm" : "status");
  const other = document.getElementById(tone === "bad" ? "status" : "alarm");
  if (!line || !other) return;
  other.textContent = "";
  line.textContent = line.textContent === text ? `${text} ` : text; // the same words again are news, too
  line.dataset.tone = tone;
  clearTimeout(fading);
  fading = window.setTimeout(() => (line.textContent = ""), tone === "bad" ? 12000 : 6000);
}

/**
 * "3 s", "2 min", "1 h 5 min".
 * @param {number} seconds
 */
export function spell(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
