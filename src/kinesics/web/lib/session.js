// @ts-check
// One source that is looked at, for all views of the page.
//
//     export default { id: "mine", title: "Mine", mount(root, session) {
//       const stage = new Stage(root, session);                        // ./stage.js: the picture with everything drawn on it
//       const seen = () => session.scene?.people.length;               // newest Scene, see ./scene.js; null before the first
//       session.addEventListener("scene", seen);
//       const { example } = await session.ask("teach", { do: "end", label: "wave" });   // rejects with ServiceError
//       return () => { session.removeEventListener("scene", seen); stage.close(); };    // unmount
//     } };
//
// The source is chosen in the page's head: views need not start anything. Events of a session:
//   "scene"   detail = message {number?, age, took, dropped, scene}; `session.scene` is the newest
//   "state"   `session.state` has changed: {state, error, …}, see `State`
//   "picture" detail = {bitmap, index, time}; only for streams that may show pixels, and never with privacy on
//   "figure"  detail = {bitmap, index, time}: the driven person, after `session.watch({figure: true})`
//   "problem" `session.problem` has changed: null, or {code, title, text, again}
//   "source"  another source was chosen; "camera" its camera was opened; "privacy" the switch was moved; "settings" have changed

import { ServiceError, Line, get } from "./api.js";
import { Camera, problem } from "./camera.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./camera.js").Problem} Problem */
/**
 * @typedef {object} State
 * @property {"off"|"asking"|"connecting"|"starting"|"running"|"waiting"|"stalled"|"ended"|"failed"|"paused"} state
 * @property {string} [error]
 * @property {[number, number]|null} [size]
 * @property {string[]} [notes] remarks of the service about this stream
 */
/** @typedef {{bitmap: ImageBitmap, index: number, time: number, bytes: Uint8Array}} Shown `bytes`: of its file */

const PRIVACY = "kinesics.privacy";
const PATIENCE = 2500; // milliseconds without an answer after which the next frame is sent all the same
const KEPT = 600; // latencies that are remembered

export class Session extends EventTarget {
  /** @type {"camera"|string|null} "camera" or the id of a stream; null: none */
  source = null;
  /** @type {string|null} id of the stream in the service; a camera has one once the service answered */
  stream = null;
  /** @type {Scene|null} */
  scene = null;
  /** @type {Shown|null} */
  picture = null;
  /** @type {Shown|null} */
  figure = null;
  /** @type {State} */
  state = { state: "off" };
  /** @type {Record<string, any>} of the stream, as far as they are known */
  settings = {};
  /** @type {Problem|null} */
  problem = null;
  /** @type {Camera|null} */
  camera = null;
  /** Milliseconds from capture to the label drawn, the newest last. @type {number[]} */
  latency = [];
  /** What the page itself did: frames sent, scenes that came, frames of the camera that were passed over. */
  counts = { sent: 0, scenes: 0, passed: 0, unanswered: 0 };
  /** @type {Record<string, number>} frames that the service dropped, by reason */
  dropped = {};
  /** @type {number} seconds the newest scene took */
  took = 0;

  /** Stored events of all streams as they happen: "message" with data {type: "event", event}; set by main.js. @type {Line|null} */
  happenings = null;

  /** @type {Line|null} */
  #line = null;
  #privacy = localStorage.getItem(PRIVACY) === "on";
  #wish = { pictures: true, figure: false };
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
  #asked = new Map();
  #ticket = 0;
  #number = 0;
  /** @type {{number: number, captured: number, at: number}|null} */
  #flight = null;
  /** @type {Map<number, number>} when frames were captured, by their number */
  #captured = new Map();
  #fresh = 0; // when the newest frame that was not sent was captured
  #sent = 0;
  #making = false;
  #starting = 0;
  /** @type {number[]} when the newest scenes came */
  #came = [];

  constructor() {
    super();
    document.addEventListener("visibilitychange", () => this.#hidden());
  }

  /** Skeleton only: no picture is shown and none is asked for. */
  get privacy() {
    return this.#privacy;
  }

  set privacy(on) {
    this.#privacy = on;
    localStorage.setItem(PRIVACY, on ? "on" : "off");
    if (on) this.#drop();
    this.#watch();
    this.#say("privacy");
  }

  /** Whether the picture is shown as a mirror: one's own camera, unless it looks away from its user. */
  get mirror() {
    return this.source === "camera" && (this.camera?.mirror ?? true);
  }

  /** Scenes a second, over the last two. */
  get fps() {
    const now = performance.now();
    const recent = this.#came.filter((at) => now - at < 2000);
    return recent.length < 2 ? 0 : ((recent.length - 1) * 1000) / (recent[recent.length - 1] - recent[0]);
  }

  /**
   * Look at something else.
   * @param {"camera"|string} source "camera" or the id of a stream
   * @param {Record<string, any>} [settings] of a camera's stream, see the service's StreamSettings; `device`: which camera
   */
  async start(source, settings = {}) {
    this.stop();
    const mine = ++this.#starting;
    const { device, ...wanted } = settings;
    this.source = source;
    this.settings = wanted;
    this.#say("source");
    if (source !== "camera") {
      this.stream = source;
      this.#connect(`/v1/streams/${encodeURIComponent(source)}/live?pictures=${Number(this.#pictures)}&figure=${Number(this.#wish.figure)}`);
      return;
    }
    this.#turn({ state: "asking" });
    try {
      const camera = await Camera.open(device);
      if (mine !== this.#starting) return camera.close();
      this.#take(camera);
    } catch (error) {
      if (mine === this.#starting) this.#fail(/** @type {Problem} */ (error));
    }
  }

  /** Look at nothing; a camera is given back. */
  stop() {
    this.#starting++;
    this.camera?.close();
    this.#line?.close();
    this.camera = this.#line = this.stream = this.source = this.#flight = null;
    this.#refuse("the source was closed");
    this.#drop();
    this.figure?.bitmap.close();
    this.figure = this.scene = null;
    this.#captured.clear();
    this.settings = {};
    this.dropped = {};
    this.latency = [];
    this.#came = [];
    this.#report(null);
    this.#turn({ state: "off" });
    this.#say("source");
  }

  /**
   * Ask the stream's worker something.
   * @param {"teach"|"coach"|"change"|"watch"} what
   * @param {Record<string, any>} [args] such as {do: "begin"}
   * @returns {Promise<any>} its answer
   */
  ask(what, args = {}) {
    const ticket = ++this.#ticket;
    return new Promise((resolve, reject) => {
      if (!this.#line?.send({ ask: what, ticket, args })) {
        reject(new ServiceError(this.source ? "The service is not connected." : "Nothing is looked at: choose a source first.", "Gone"));
      } else this.#asked.set(ticket, { resolve, reject });
    });
  }

  /**
   * Change the settings of the stream, such as {masks: true}.
   * @param {Record<string, any>} changes
   */
  async change(changes) {
    const answer = await this.ask("change", changes);
    this.settings = answer.settings ?? { ...this.settings, ...changes }; // what is as usual is not told
    this.#say("settings");
    return answer;
  }

  /**
   * What is wanted besides scenes.
   * @param {{pictures?: boolean, figure?: boolean}} wish
   */
  watch(wish) {
    this.#wish = { ...this.#wish, ...wish };
    this.#watch();
  }

  /**
   * To be called by who draws a scene, when it is drawn: measures how long it took since the camera saw it.
   * @param {number|undefined} number of the frame
   */
  drawn(number) {
    if (number === undefined) return;
    const captured = this.#captured.get(number);
    if (captured === undefined) return;
    for (const old of this.#captured.keys()) if (old <= number) this.#captured.delete(old);
    this.latency.push(performance.now() - captured);
    if (this.latency.length > KEPT) this.latency.splice(0, this.latency.length - KEPT);
  }

  // ---------------------------------------------------------------------------------------------- the camera

  /** @param {Camera} camera */
  #take(camera) {
    this.camera = camera;
    this.#say("camera");
    camera.addEventListener("frame", (event) => this.#frame(/** @type {CustomEvent<number>} */ (event).detail));
    camera.addEventListener("ended", () => {
      this.#line?.close();
      this.#line = this.camera = null;
      this.#fail(problem("unplugged"));
    });
    this.#connect("/v1/camera");
  }

  /** @param {number} captured */
  #frame(captured) {
    if (this.#fresh) this.counts.passed++;
    this.#fresh = captured;
    this.#push();
  }

  /** Send the newest frame, if it is time. */
  #push() {
    const now = performance.now();
    if (this.#flight && now - this.#flight.at > PATIENCE) {
      this.#flight = null;
      this.counts.unanswered++;
    }
    const pause = 1000 / (this.settings.fps ?? 15) - 12; // a frame that comes a little early counts as in time
    if (!this.#fresh || this.#flight || this.#making || now - this.#sent < pause || document.hidden) return;
    if (!this.camera || !this.stream || !this.#line?.ready) return;
    const captured = this.#fresh;
    this.#fresh = 0;
    this.#sent = now;
    void this.#send(this.camera, this.#line, captured);
  }

  /** @param {Camera} camera @param {Line} line @param {number} captured */
  async #send(camera, line, captured) {
    this.#making = true;
    try {
      const { bytes } = await camera.jpeg();
      const number = ++this.#number;
      const whole = new Uint8Array(12 + bytes.byteLength);
      const head = new DataView(whole.buffer);
      head.setUint32(0, number, true);
      head.setFloat64(4, captured, true);
      whole.set(new Uint8Array(bytes), 12);
      if (!line.send(whole)) return;
      this.counts.sent++;
      this.#flight = { number, captured, at: performance.now() };
      this.#captured.set(number, captured);
      if (this.#captured.size > 60) this.#captured.delete(/** @type {number} */ (this.#captured.keys().next().value));
    } catch (error) {
      if (camera === this.camera) this.#fail(problem("strange", error instanceof Error ? error.message : ""));
    } finally {
      this.#making = false;
    }
  }

  #hidden() {
    if (!this.camera) return;
    if (document.hidden) this.#turn({ ...this.state, state: "paused" });
    else if (this.state.state === "paused") this.#turn({ ...this.state, state: "running" });
  }

  // ---------------------------------------------------------------------------------------------- the service

  /** @param {string} path */
  #connect(path) {
    this.#turn({ state: "connecting" });
    const line = new Line(path);
    this.#line = line;
    line.addEventListener("open", () => {
      if (this.source === "camera") line.send({ settings: { ...this.settings, source: "browser", name: "This camera", keep: false } });
      else this.#watch();
    });
    line.addEventListener("message", (event) => this.#heard(/** @type {MessageEvent} */ (event).data));
    line.addEventListener("lost", () => this.#lost());
  }

  #lost() {
    this.#flight = null;
    if (this.source === "camera") this.stream = null;
    this.#refuse("The service does not answer.");
    this.#turn({ state: "connecting" });
    const id = this.source;
    if (id === null || id === "camera") return;
    get(`/v1/streams/${encodeURIComponent(id)}`).catch((/** @type {ServiceError} */ error) => {
      if (error.status === 404 && this.source === id) this.#refused("", "Absent");
    });
  }

  /** The service will not go on with this: it is not asked again until somebody wants it. @param {string} why @param {string} kind */
  #refused(why, kind) {
    this.#line?.close();
    this.#line = null;
    this.camera?.close();
    this.camera = null;
    if (kind === "Absent") this.#fail({ code: "removed", title: "This stream is no longer there", text: "It was removed. Choose another source.", again: false });
    else this.#fail({ code: "service", title: "The service refused", text: why, again: true });
  }

  /** @param {any} data */
  #heard(data) {
    if (data instanceof ArrayBuffer) return void this.#shown(data);
    switch (data.type) {
      case "stream":
        this.stream = data.id;
        this.settings = data.settings ?? this.settings;
        this.#turn({ state: "starting" });
        this.#watch();
        this.#say("settings");
        return this.#push();
      case "scene":
        return this.#seen(data);
      case "bad":
        if (this.#flight?.number === data.number) this.#flight = null;
        return this.#push();
      case "state":
        if (data.settings) {
          this.settings = data.settings;
          this.#say("settings");
        }
        return this.#turn(document.hidden && this.camera ? { ...data, state: "paused" } : data);
      case "answer":
        return this.#answered(data);
      case "error":
        return this.#refused(String(data.error), data.kind);
    }
  }

  /** @param {any} message */
  #seen(message) {
    const now = performance.now();
    this.scene = message.scene;
    this.took = message.took ?? 0;
    this.dropped = message.dropped ?? this.dropped;
    this.counts.scenes++;
    this.#came.push(now);
    if (this.#came.length > 120) this.#came.splice(0, 60);
    if (this.state.state !== "running" && this.state.state !== "paused") this.#turn({ ...this.state, state: "running", error: "" });
    if (this.#flight && message.number !== undefined && message.number >= this.#flight.number) this.#flight = null;
    this.#push(); // before drawing: the next frame is on its way while this one is drawn
    this.#say("scene", message);
  }

  /** @param {ArrayBuffer} data */
  async #shown(data) {
    const length = new DataView(data).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    const kind = head.kind === "figure" ? "figure" : "picture";
    if (kind === "picture" && this.#privacy) return;
    const source = this.source;
    const bytes = new Uint8Array(data, 4 + length);
    const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => null);
    if (!bitmap) return;
    const old = this[kind];
    if (source !== this.source || (kind === "picture" && this.#privacy) || (old && old.index > head.index && old.time > head.time)) return bitmap.close();
    this[kind] = { bitmap, index: head.index, time: head.time, bytes };
    this.#say(kind, this[kind]);
    old?.bitmap.close();
  }

  /** @param {any} data */
  #answered({ ticket, error, kind, type: _, ...answer }) {
    const asked = this.#asked.get(ticket);
    this.#asked.delete(ticket);
    if (error) asked?.reject(new ServiceError(error, kind));
    else asked?.resolve(answer);
  }

  get #pictures() {
    return this.#wish.pictures && !this.#privacy && this.source !== "camera"; // one's own camera is there already
  }

  #watch() {
    if (this.#line?.ready && this.stream) this.ask("watch", { pictures: this.#pictures, figure: this.#wish.figure }).catch(() => {});
  }

  /** @param {string} why */
  #refuse(why) {
    for (const { reject } of this.#asked.values()) reject(new ServiceError(why, "Gone"));
    this.#asked.clear();
  }

  #drop() {
    this.picture?.bitmap.close();
    this.picture = null;
  }

  /** @param {State} state */
  #turn(state) {
    this.state = state;
    this.#say("state");
  }

  /** @param {Problem} what */
  #fail(what) {
    this.#report(what);
    this.#turn({ state: "failed", error: what.title });
  }

  /** @param {Problem|null} what */
  #report(what) {
    if (what === this.problem) return;
    this.problem = what;
    this.#say("problem");
  }

  /** @param {string} type @param {any} [detail] */
  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
