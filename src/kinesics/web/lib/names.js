// @ts-check
// What exercises and persons may be called: the service refuses anything else, and the page says so before the work is done.

/**
 * What is wrong with a name, in words; "" if nothing is.
 * @param {string} name
 */
export function wrongName(name) {
  if (!name) return "It needs a name.";
  if (name.length > 64) return "A name has at most 64 letters.";
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M} _-]*$/u.test(name) ? "" : "A name has letters, digits, spaces, - and _, and begins with a letter or digit.";
}
