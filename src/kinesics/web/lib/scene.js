// @ts-check
// What the service says about one frame, as types, and the little that is asked of it.
// `docs/scene.md` says it field by field: pixels x right and y down, seconds, scores 0 to 1, null for what is missing.

import { SKELETONS } from "./skeletons.js";

/** @typedef {{size: [number, number], counts: string}} Mask an outline: (height, width) and COCO's compressed run lengths */
/** @typedef {{name: string, joints: string[], bones: [number, number][]}} Skeleton joints by name, bones as pairs of joints */
/**
 * @typedef {object} Person
 * @property {number} id -1 for "not yet"
 * @property {number} score
 * @property {[number, number, number, number]} box x1 y1 x2 y2
 * @property {(number[]|null)[]} points one a joint
 * @property {number[]} point_scores one a joint
 * @property {(number[]|null)[]|null} [world] metres
 * @property {Mask|null} [mask]
 */
/**
 * @typedef {object} Action
 * @property {number} person
 * @property {string} label "unknown" where nothing fits
 * @property {number} score
 * @property {number} start seconds
 * @property {number} end seconds
 * @property {number|null} [progress]
 * @property {Record<string, any>} why evidence
 */
/**
 * @typedef {object} Scene
 * @property {number} frame
 * @property {number} time seconds
 * @property {[number, number]} size width, height
 * @property {Person[]} people
 * @property {Action[]} actions
 * @property {Record<string, any>[]} faces
 * @property {Record<string, number|null>} timing
 * @property {Record<string, any>} chosen
 * @property {string[]} skipped
 * @property {number} epoch
 * @property {boolean} corrupt
 * @property {string|Skeleton} [skeleton]
 */
/**
 * @typedef {object} Happening an event, as it is stored
 * @property {number} id
 * @property {number} time seconds since 1970
 * @property {string} stream
 * @property {string} kind appeared, left, began, ended, repetition, fall, stream
 * @property {number} [person]
 * @property {string} [label]
 * @property {number|null} [score]
 * @property {number} [epoch]
 * @property {number|null} [start]
 * @property {number|null} [end]
 * @property {Record<string, any>} [data]
 */
/** @typedef {Record<string, any> & {id: string, state: string, settings: Record<string, any>}} Stream as `/v1/streams` tells */

const NOTHING = { name: "boxes", joints: [], bones: [] };

/**
 * The skeleton of a scene, or one by name.
 * @param {string|Skeleton|undefined|null} said
 * @returns {Skeleton}
 */
export function skeletonOf(said) {
  if (said && typeof said === "object") return said;
  return SKELETONS[said ?? "coco17"] ?? NOTHING;
}

/**
 * What somebody does now, the surest first.
 * @param {Scene} scene
 * @param {number} person
 * @returns {Action[]}
 */
export function actionsOf(scene, person) {
  return scene.actions.filter((action) => action.person === person).sort((a, b) => b.score - a.score);
}

/**
 * Number of a joint, -1 where the skeleton has none of that name.
 * @param {Scene} scene
 * @param {string} name such as "left_wrist"
 */
export function jointOf(scene, name) {
  return skeletonOf(scene.skeleton).joints.indexOf(name);
}

/**
 * The largest person in view, most likely the one in front of the camera; null for nobody.
 * @param {Scene|null} scene
 * @returns {Person|null}
 */
export function mainPerson(scene) {
  if (!scene || !scene.people.length) return null;
  const area = (/** @type {Person} */ { box }) => (box[2] - box[0]) * (box[3] - box[1]);
  return scene.people.reduce((a, b) => (area(b) > area(a) ? b : a));
}
