// @ts-check
// An example being shown: from when a button, key or pad button goes down until it is let go, or by itself after a countdown.
//
// States: "idle", "counting" (until it begins), "recording", "learning" (let go, not answered yet).

/** @typedef {import("../lib/session.js").Session} Session */
/** @typedef {"idle"|"counting"|"recording"|"learning"} Stage */
/** @typedef {{label: string, seconds: number, notes: string[], example: import("./teach_words.js").Example, examples: number, classes: Record<string, number>, model: string, took: number, again?: boolean}} Learned */

const SHORTEST = 300; // milliseconds: what is shorter was a slip
const LONGEST = 60; // seconds
const PERIOD = 100; // milliseconds between two looks at the clock
const COUNT = 3; // seconds of a countdown

/** Says "change" whenever what it is about has changed, "learned" (detail: Learned), "failed" (detail: one line). */
export class Holding extends EventTarget {
  /** @type {Stage} */
  state = "idle";
  label = "";
  /** What holds it: "key:1", "pad:0", "pointer", "click". */
  by = "";
  /** Seconds until it begins, or since it began. */
  seconds = 0;
  /** Seconds it is to last by itself; 0: as long as it is held. */
  lasts = 0;
  #session;
  #began = 0;
  #clock = 0;
  /** @type {Promise<any>|null} */
  #asked = null;
  /** What was cancelled last; the next one begins when that is known to be over. @type {Promise<any>} */
  #over = Promise.resolve();
  /** @type {AudioContext|null} */
  #audio = null;

  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
  }

  get idle() {
    return this.state === "idle";
  }

  /**
   * Somebody presses.
   * @param {string} label
   * @param {string} by
   * @param {{model: string, person: number|null, lasts: number}} how `lasts`: 0, or seconds after a countdown
   */
  press(label, by, { model, person, lasts }) {
    if (this.state !== "idle") return;
    Object.assign(this, { label, by, lasts });
    this.model = model;
    this.person = person;
    this.#began = performance.now() + (lasts ? COUNT * 1000 : 0);
    if (lasts) {
      this.#turn("counting");
      this.#beep(false);
    } else void this.#begin();
    this.#clock = window.setInterval(() => this.#tick(), PERIOD);
    this.#tick();
  }

  /** What held it is let go. @param {string} by */
  release(by) {
    if (this.by !== by || this.lasts || this.state !== "recording") return;
    if (performance.now() - this.#began < SHORTEST) {
      this.cancel("That was very short: hold the button while you do it, and let go when you are done.");
    } else void this.end();
  }

  /** Nothing is learned. @param {string} [why] */
  cancel(why = "Cancelled; nothing was learned.") {
    if (this.state !== "counting" && this.state !== "recording") return;
    const asked = this.state === "recording" ? this.#asked : null;
    this.#stop();
    if (asked) this.#over = asked.then(() => this.#session.ask("teach", { do: "cancel" })).catch(() => {});
    this.#fail(why);
  }

  /** It is over: learn it. */
  async end() {
    if (this.state !== "recording") return;
    const released = performance.now();
    const { model } = this;
    clearInterval(this.#clock);
    this.#turn("learning");
    try {
      await this.#asked;
      const answer = await this.#session.ask("teach", { do: "end", model });
      this.#stop();
      const took = (performance.now() - released) / 1000;
      this.dispatchEvent(new CustomEvent("learned", { detail: { ...answer, took } }));
    } catch (error) {
      this.#stop();
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** No more of it. */
  close() {
    this.cancel("");
    void this.#audio?.close();
    this.#audio = null;
  }

  async #begin() {
    const { label, person } = this;
    this.#turn("recording");
    const asked = this.#over.then(() => this.#session.ask("teach", { do: "begin", label, person }));
    this.#asked = asked;
    try {
      await asked;
    } catch (error) {
      if (this.#asked !== asked || this.state !== "recording") return; // end() tells
      this.#stop();
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #tick() {
    const passed = (performance.now() - this.#began) / 1000;
    const before = Math.ceil(-this.seconds);
    this.seconds = passed;
    if (this.state === "counting") {
      if (passed >= 0) {
        this.#beep(true);
        void this.#begin();
      } else if (Math.ceil(-passed) !== before) this.#beep(false);
    } else if (this.state === "recording" && passed >= (this.lasts || LONGEST)) {
      if (this.lasts) this.#beep(true);
      void this.end();
    }
    this.dispatchEvent(new Event("tick"));
  }

  #stop() {
    clearInterval(this.#clock);
    this.#asked = null;
    this.seconds = 0;
    this.#turn("idle");
    this.by = "";
  }

  /** @param {Stage} state */
  #turn(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} why */
  #fail(why) {
    if (why) this.dispatchEvent(new CustomEvent("failed", { detail: why }));
  }

  /** For who stands away from the screen. @param {boolean} high */
  #beep(high) {
    const audio = (this.#audio ??= new AudioContext());
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = high ? 1320 : 660;
    loud.gain.setValueAtTime(0.15, audio.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + (high ? 0.4 : 0.15));
    tone.connect(loud).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + (high ? 0.4 : 0.15));
  }
}
