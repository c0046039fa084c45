// @ts-check
// Elements in one line. Text is always text: nothing that a stream or a user named is ever read as markup.

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * An element.
 *
 *     h("button", { class: "primary", type: "button", onclick: start, "aria-pressed": "false" }, "Start")
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners; true, false, null switch an attribute; `dataset` is an object;
 *   what begins with "." is a property
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith(".")) Reflect.set(element, name.slice(1), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/**
 * Replace what is in an element.
 * @param {Element} element
 * @param {...(Child|Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))),
  );
}

/**
 * One of our icons (`icons/NAME.svg`), in the colour of the text; hidden from screen readers.
 * @param {string} name
 */
export function icon(name) {
  return h("span", { class: "icon", "aria-hidden": "true", "data-icon": name });
}
