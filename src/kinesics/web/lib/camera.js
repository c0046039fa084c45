// @ts-check
// This browser's camera: opening it, saying plainly why it cannot be, and its newest frame as a JPEG made in a worker.

/** @typedef {{code: string, title: string, text: string, again: boolean}} Problem what is wrong, and what to do; `again`: worth a try */

const LONGEST = 640; // pixels of the longer side of what is sent
const QUALITY = 0.75;

/** @type {Record<string, [string, string, boolean]>} */
const WORDS = {
  insecure: [
    "The camera needs a safe address",
    "Browsers lend the camera only to https pages and to this machine itself. Open the page as http://localhost, put https in front of the service, or add the camera to the service as a stream.",
    false,
  ],
  refused: [
    "The camera was refused",
    "Allow it for this page: the camera sign in the address bar, or the site settings of the browser; on a phone also the system's settings. Then try again.",
    true,
  ],
  absent: ["No camera was found", "Plug one in and try again, or look at a stream: the demo clip needs no camera.", true],
  busy: ["The camera is busy", "Another program or page holds it. Close that one (video calls, other tabs), then try again.", true],
  unplugged: ["The camera is gone", "It was unplugged, or taken by the system. Plug it in and try again.", true],
  strange: ["The camera could not be opened", "", true],
};

/**
 * In words.
 * @param {string} code one of insecure, refused, absent, busy, unplugged, strange
 * @param {string} [more] what the browser said
 * @returns {Problem}
 */
export function problem(code, more = "") {
  const [title, text, again] = WORDS[code] ?? WORDS.strange;
  return { code, title, text: text || `The browser says: ${more || "nothing"}. Try again, or choose another camera.`, again };
}

/** @param {unknown} error of getUserMedia @returns {Problem} */
function problemOf(error) {
  const name = error instanceof Error ? error.name : "";
  const code =
    { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "absent", OverconstrainedError: "absent", NotReadableError: "busy", AbortError: "busy", TrackStartError: "busy" }[name] ??
    "strange";
  return problem(code, error instanceof Error ? error.message || name : String(error));
}

/**
 * Cameras by name; names are known once one was allowed.
 * @returns {Promise<{id: string, name: string}[]>}
 */
export async function cameras() {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all
    .filter((device) => device.kind === "videoinput" && device.deviceId)
    .map((device, i) => ({ id: device.deviceId, name: device.label || `Camera ${i + 1}` }));
}

/** An opened camera. Says "frame" (`detail`: when it was captured, on performance.now's clock) and "ended" (it is gone). */
export class Camera extends EventTarget {
  /** @type {MediaStream} */
  stream;
  /** Whether people expect to see it as a mirror. */
  mirror;
  /** @type {HTMLVideoElement} */
  #video;
  #worker = new Worker(new URL("./encode_worker.js", import.meta.url), { type: "module" });
  /** @type {Map<number, {resolve: (made: Made) => void, reject: (error: Error) => void}>} */
  #asked = new Map();
  #ticket = 0;
  #over = false;

  /** @typedef {{bytes: ArrayBuffer, width: number, height: number}} Made */

  /** @param {MediaStream} stream @param {HTMLVideoElement} video playing it */
  constructor(stream, video) {
    super();
    this.stream = stream;
    this.#video = video;
    const [track] = stream.getVideoTracks();
    this.mirror = track.getSettings().facingMode !== "environment";
    track.addEventListener("ended", () => this.#end());
    this.#worker.onmessage = ({ data }) => {
      const asked = this.#asked.get(data.ticket);
      this.#asked.delete(data.ticket);
      if (data.error) asked?.reject(new Error(data.error));
      else asked?.resolve(data);
    };
    this.#worker.onerror = () => this.#fail("the worker that makes pictures has failed");
    this.#next();
  }

  /**
   * Ask for a camera.
   * @param {string} [device] id of one; else any
   * @returns {Promise<Camera>}
   * @throws {Problem}
   */
  static async open(device) {
    if (!navigator.mediaDevices?.getUserMedia) throw problem("insecure");
    /** @type {MediaStream|null} */
    let stream = null;
    try {
      const which = device ? { deviceId: { exact: device } } : { facingMode: "user" };
      const video = { ...which, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
      stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      const element = document.createElement("video");
      Object.assign(element, { muted: true, playsInline: true, srcObject: stream });
      await element.play();
      return new Camera(stream, element);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      throw problemOf(error);
    }
  }

  /** Its name, as the browser tells it. */
  get name() {
    return this.stream.getVideoTracks()[0]?.label || "camera";
  }

  /** Id of the device. */
  get device() {
    return this.stream.getVideoTracks()[0]?.getSettings().deviceId ?? "";
  }

  /**
   * The newest frame as a JPEG.
   * @returns {Promise<Made>}
   */
  async jpeg() {
    const frame = "VideoFrame" in window ? new VideoFrame(this.#video) : await createImageBitmap(this.#video);
    const ticket = ++this.#ticket;
    return new Promise((resolve, reject) => {
      this.#asked.set(ticket, { resolve, reject });
      this.#worker.postMessage({ frame, longest: LONGEST, quality: QUALITY, ticket }, [frame]);
    });
  }

  /** Give it back: its light goes out. */
  close() {
    this.#over = true;
    this.stream.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
    this.#worker.terminate();
    this.#fail("the camera was given back");
  }

  /** @param {string} why */
  #fail(why) {
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }

  #end() {
    if (this.#over) return;
    this.close();
    this.dispatchEvent(new Event("ended"));
  }

  #next() {
    if (this.#over) return;
    if ("requestVideoFrameCallback" in this.#video) {
      this.#video.requestVideoFrameCallback((now, metadata) => this.#frame(metadata.captureTime ?? now));
    } else requestAnimationFrame((now) => this.#frame(now));
  }

  /** @param {number} captured */
  #frame(captured) {
    if (this.#over) return;
    this.dispatchEvent(new CustomEvent("frame", { detail: captured }));
    this.#next();
  }
}
