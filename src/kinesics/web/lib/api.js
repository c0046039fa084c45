// @ts-check
// Talking to the service: requests, and sockets that come back by themselves. Nothing else on the page opens a connection.
//
//     import { service, get, post, put, patch, del, bytes, Line } from "./api.js";
//     const { models } = await get("/v1/models");        // throws ServiceError(message, kind, status)
//     service.addEventListener("change", () => service.state);   // "starting" | "here" | "gone" | "login"

/** Something that the service refused, or that it could not be asked. `message` is one line for people. */
export class ServiceError extends Error {
  /**
   * @param {string} message
   * @param {string} kind class of the error, such as "UsageError"; "Gone" when the service did not answer
   * @param {number} status of HTTP, 0 for none
   */
  constructor(message, kind = "ServiceError", status = 0) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** Whether the service is there; an EventTarget that says "change". */
class Service extends EventTarget {
  /** @type {"starting"|"here"|"gone"|"login"} */
  state = "starting";

  /** @param {"starting"|"here"|"gone"|"login"} state */
  turn(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

export const service = new Service();

/**
 * One request.
 * @param {string} method
 * @param {string} path from the root, such as "/v1/streams"
 * @param {unknown} [body] sent as JSON; a Blob, an ArrayBuffer or a view of one as it is
 * @param {{signal?: AbortSignal, type?: string}} [options]
 * @returns {Promise<Response>} of a request that succeeded
 */
export async function request(method, path, body, { signal, type } = {}) {
  const raw = body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
  /** @type {Record<string, string>} */
  const headers = body === undefined ? {} : { "content-type": type ?? (raw ? "application/octet-stream" : "application/json") };
  /** @type {Response} */
  let response;
  try {
    const data = /** @type {BodyInit|undefined} */ (body === undefined || raw ? body : JSON.stringify(body));
    response = await fetch(path, { method, headers, body: data, signal, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    service.turn("gone");
    throw new ServiceError("The service does not answer.", "Gone");
  }
  if (response.ok) {
    service.turn("here");
    return response;
  }
  throw await refusal(response);
}

/** @param {Response} response */
async function refusal(response) {
  /** @type {{error?: string, kind?: string}} */
  let said = {};
  try {
    said = await response.json();
  } catch {
    // an answer that is no JSON says nothing more than its status
  }
  if (response.status === 401) service.turn("login");
  return new ServiceError(said.error ?? `The service answered ${response.status}.`, said.kind, response.status);
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} JSON */
export const get = async (path, signal) => (await request("GET", path, undefined, { signal })).json();

/** @param {string} path @param {unknown} [body] @returns {Promise<any>} JSON */
export const post = async (path, body = {}) => read(await request("POST", path, body));

/** @param {string} path @param {unknown} [body] @returns {Promise<any>} JSON */
export const put = async (path, body = {}) => read(await request("PUT", path, body));

/** @param {string} path @param {unknown} [body] @returns {Promise<any>} JSON */
export const patch = async (path, body = {}) => read(await request("PATCH", path, body));

/** @param {string} path @returns {Promise<any>} JSON */
export const del = async (path) => read(await request("DELETE", path));

/** @param {string} path @returns {Promise<Blob>} */
export const bytes = async (path) => (await request("GET", path)).blob();

/** @param {Response} response */
async function read(response) {
  const text = await response.text();
  return text ? JSON.parse(text) : {};
}

/**
 * A path with its query; what is empty, null or undefined is left out.
 * @param {string} path
 * @param {Record<string, string|number|boolean|null|undefined>} values
 */
export function query(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : path;
}

/**
 * Save a file from the service, with the browser's own dialogue.
 * @param {string} path
 * @param {string} name
 */
export async function save(path, name) {
  const address = URL.createObjectURL(await bytes(path));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** @param {string} token */
export async function login(token) {
  await post("/v1/login", { token });
  service.turn("here");
  service.dispatchEvent(new Event("login"));
}

const FIRST = 200; // milliseconds until the first new try, doubled with each that fails
const LONGEST = 5000;

/**
 * A WebSocket that comes back. Says "open", "message" (`data`: parsed JSON, or an ArrayBuffer), "lost" (once, when it went).
 */
export class Line extends EventTarget {
  /** @type {WebSocket|null} */
  #socket = null;
  #path;
  #tries = 0;
  #over = false;
  /** @type {number|undefined} */
  #again;

  /** @param {string} path from the root, such as "/v1/events/live" */
  constructor(path) {
    super();
    this.#path = path;
    this.#open();
  }

  /** Whether something can be sent now. */
  get ready() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait to be sent. */
  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** @param {object|ArrayBuffer|Uint8Array} what objects go as JSON @returns {boolean} whether it was sent */
  send(what) {
    if (!this.#socket || !this.ready) return false;
    const raw = what instanceof ArrayBuffer || what instanceof Uint8Array;
    this.#socket.send(raw ? /** @type {ArrayBuffer} */ (what) : JSON.stringify(what));
    return true;
  }

  /** For good. */
  close() {
    this.#over = true;
    clearTimeout(this.#again);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.#path}`);
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#tries = 0;
      service.turn("here");
      this.dispatchEvent(new Event("open"));
    };
    socket.onmessage = ({ data }) => {
      if (this.#over) return;
      this.dispatchEvent(new MessageEvent("message", { data: typeof data === "string" ? JSON.parse(data) : data }));
    };
    socket.onclose = ({ code, reason }) => {
      if (this.#over) return;
      this.#socket = null;
      if (opened || this.#tries === 0) this.dispatchEvent(new CustomEvent("lost", { detail: { code, reason, opened } }));
      void this.#return();
    };
    this.#socket = socket;
  }

  async #return() {
    const pause = Math.min(FIRST * 2 ** this.#tries++, LONGEST) * (0.75 + Math.random() / 2);
    await new Promise((resolve) => {
      this.#again = window.setTimeout(resolve, pause);
      service.addEventListener("login", resolve, { once: true }); // who got in need not wait
    });
    if (this.#over) return;
    if (service.state !== "login") {
      try {
        await get("/v1/status"); // says why, which a socket that is refused never does
      } catch {
        // `service` knows
      }
    }
    if (this.#over) return;
    if (service.state === "here") this.#open();
    else void this.#return();
  }
}
