// @ts-check
// The browser's own voice: counts at once, sentences seldom, and never through a voice that sends the words elsewhere.
//
//     const voice = new Speech();
//     voice.count("3");  voice.sentence("Not deep enough");  voice.muted = true;   // remembered by this browser
//
// Says "change" when it is muted, or when it turns out whether there is a voice.

const KEY = "kinesics.mute";
const PAUSE = 3000; // milliseconds between two sentences

export class Speech extends EventTarget {
  #muted = localStorage.getItem(KEY) === "on";
  #said = -Infinity;
  /** @type {SpeechSynthesisVoice|null} */
  #voice = null;
  #elsewhere = false;
  #found = () => this.#choose();

  constructor() {
    super();
    if (!this.able) return;
    this.#choose();
    speechSynthesis.addEventListener("voiceschanged", this.#found);
  }

  /** Whether this browser can speak at all. */
  get able() {
    return "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;
  }

  /** Why nothing is heard, in words; "" where it is. */
  get silence() {
    if (!this.able) return "This browser cannot speak.";
    if (this.#elsewhere) return "The voices of this browser would send the words elsewhere, so none is used.";
    return "";
  }

  get muted() {
    return this.#muted;
  }

  set muted(on) {
    this.#muted = on;
    localStorage.setItem(KEY, on ? "on" : "off");
    if (on && this.able) speechSynthesis.cancel();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Said at once; what is being said gives way.
   * @param {string} words
   */
  count(words) {
    if (!this.#may()) return;
    speechSynthesis.cancel();
    this.#speak(words, 1.15);
  }

  /**
   * Said unless a sentence was said a moment ago.
   * @param {string} words
   * @returns {boolean} whether it is said
   */
  sentence(words) {
    const now = performance.now();
    if (!words || !this.#may() || now - this.#said < PAUSE || speechSynthesis.pending) return false;
    this.#said = now;
    this.#speak(words, 1);
    return true;
  }

  /** Nothing more is said. */
  close() {
    if (!this.able) return;
    speechSynthesis.cancel();
    speechSynthesis.removeEventListener("voiceschanged", this.#found);
  }

  #may() {
    return this.able && !this.#muted && !this.#elsewhere;
  }

  /** @param {string} words @param {number} rate */
  #speak(words, rate) {
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.lang = this.#voice?.lang ?? "en";
    utterance.rate = rate;
    if (this.#voice) utterance.voice = this.#voice;
    speechSynthesis.speak(utterance);
  }

  /** English, of this machine. */
  #choose() {
    const voices = speechSynthesis.getVoices();
    const here = voices.filter(({ localService }) => localService);
    const english = here.filter(({ lang }) => /^en([-_]|$)/i.test(lang));
    this.#voice = english.find((voice) => voice.default) ?? english[0] ?? null;
    this.#elsewhere = voices.length > 0 && here.length === 0;
    this.dispatchEvent(new Event("change"));
  }
}
