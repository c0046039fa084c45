// @ts-check
// Outlines: COCO's compressed run lengths to pixels. Runs go down the columns, starting with what is outside.

/**
 * The lengths of the runs, outside and inside in turn.
 * @param {string} packed six bits a letter, from "0" on; from the third run on as differences to the run before the last
 * @returns {number[]}
 */
export function runs(packed) {
  /** @type {number[]} */
  const lengths = [];
  let at = 0;
  while (at < packed.length) {
    let value = 0;
    let shift = 0;
    let bits = 0;
    do {
      bits = packed.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64)) throw new RangeError("an outline's run lengths are broken off or hold a foreign letter");
      value |= (bits & 31) << shift;
      shift += 5;
    } while (bits & 32);
    if (bits & 16 && shift < 32) value |= -1 << shift;
    if (lengths.length > 2) value += lengths[lengths.length - 2];
    lengths.push(value);
  }
  return lengths;
}

/**
 * The part of an outline that is inside.
 * @param {import("./scene.js").Mask} mask
 * @returns {{x: number, y: number, width: number, height: number, inside: Uint8Array}|null} a window of the picture, row by
 *   row, 1 inside; null where there is nothing inside
 */
export function windowOf(mask) {
  const [tall, wide] = mask.size;
  const lengths = runs(mask.counts);
  /** @type {[number, number][]} */
  const spans = [];
  let at = 0;
  let top = tall;
  let bottom = 0;
  lengths.forEach((length, i) => {
    if (i % 2 === 1 && length > 0) {
      for (let from = at, left = length; left > 0; ) {
        const y = from % tall;
        const here = Math.min(left, tall - y);
        if (from >= tall * wide) break;
        spans.push([from, here]);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + here);
        from += here;
        left -= here;
      }
    }
    at += length;
  });
  if (!spans.length) return null;
  const x = Math.floor(spans[0][0] / tall);
  const width = Math.floor(spans[spans.length - 1][0] / tall) - x + 1;
  const height = bottom - top;
  const inside = new Uint8Array(width * height);
  for (const [from, here] of spans) {
    const column = Math.floor(from / tall) - x;
    for (let y = (from % tall) - top, end = y + here; y < end; y++) inside[y * width + column] = 1;
  }
  return { x, y: top, width, height, inside };
}

/**
 * Where a window's edge is: what is inside within `reach` pixels of what is not.
 * @param {{width: number, height: number, inside: Uint8Array}} window
 * @param {number} reach
 * @returns {Uint8Array} 1 on the edge
 */
export function edgeOf({ width, height, inside }, reach = 1) {
  let kept = inside;
  for (let step = 0; step < reach; step++) {
    const next = new Uint8Array(kept.length);
    for (let y = 1; y < height - 1; y++) {
      for (let i = y * width + 1, end = y * width + width - 1; i < end; i++) {
        next[i] = kept[i] & kept[i - 1] & kept[i + 1] & kept[i - width] & kept[i + width];
      }
    }
    kept = next;
  }
  const edge = new Uint8Array(inside.length);
  for (let i = 0; i < edge.length; i++) edge[i] = inside[i] & (kept[i] ^ 1);
  return edge;
}
