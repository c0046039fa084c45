// @ts-check
// Game pads: which of their buttons are held. The browser tells of a pad only once one of its buttons was pressed.
//
//     const pad = new Pad();
//     pad.addEventListener("down", ({ detail }) => detail.button);   // 0, 1, …; "up" alike
//     pad.addEventListener("change", () => pad.name);                // a pad came or went; null without one
//     pad.close();
//
// Presses of all pads count alike.

/** Names of the buttons of the standard mapping, as most pads bear them. */
export const BUTTONS = ["A", "B", "X", "Y", "LB", "RB", "LT", "RT", "Back", "Start", "L3", "R3", "↑", "↓", "←", "→"];
const PRESSED = 0.5; // how far a trigger is pulled
const IDLE = 500; // milliseconds between two looks while there is no pad

export class Pad extends EventTarget {
  /** @type {string|null} */
  name = null;
  /** @type {Set<number>} */
  #held = new Set();
  #over = false;
  #look = () => this.#read();
  #next = 0;
  #later = 0;

  constructor() {
    super();
    addEventListener("gamepadconnected", this.#look);
    addEventListener("gamepaddisconnected", this.#look);
    this.#read();
  }

  /** Look no more; what is held is let go. */
  close() {
    this.#over = true;
    cancelAnimationFrame(this.#next);
    clearTimeout(this.#later);
    removeEventListener("gamepadconnected", this.#look);
    removeEventListener("gamepaddisconnected", this.#look);
    this.#take(new Set());
  }

  #read() {
    if (this.#over) return;
    cancelAnimationFrame(this.#next);
    clearTimeout(this.#later);
    const pads = (navigator.getGamepads?.() ?? []).filter((pad) => pad?.connected);
    const name = pads[0]?.id ?? null;
    if (name !== this.name) {
      this.name = name;
      this.dispatchEvent(new Event("change"));
    }
    this.#take(new Set(pads.flatMap((pad) => (pad?.buttons ?? []).flatMap(({ pressed, value }, k) => (pressed || value > PRESSED ? [k] : [])))));
    if (name === null) this.#later = window.setTimeout(this.#look, IDLE);
    else this.#next = requestAnimationFrame(this.#look);
  }

  /** @param {Set<number>} held */
  #take(held) {
    const before = this.#held;
    this.#held = held;
    for (const button of held) if (!before.has(button)) this.dispatchEvent(new CustomEvent("down", { detail: { button } }));
    for (const button of before) if (!held.has(button)) this.dispatchEvent(new CustomEvent("up", { detail: { button } }));
  }
}
