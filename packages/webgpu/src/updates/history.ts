import { type Program, WORKGROUP } from '@opt/core'
import { elementwise } from './elementwise.ts'

/** Workgroups that look through a gradient, each through its share. */
export const PIECES = 256

const pieces = (name: string, take: string, merge: string, more: readonly string[] = []): Program => ({
  name,
  stop: true,
  reads: ['g', ...more],
  writes: ['pieces'],
  numbers: ['n: u32', 'groups: u32'],
  body: `
  var held = 0.0;
  for (var i = group * ${WORKGROUP}u + t; i < p.n; i += ${WORKGROUP}u * p.groups) { held = ${take}; }
  let all = ${merge}(held, t);
  if (t == 0u && group < ${PIECES}u) { pieces[group] = all; }`,
})

export const largestPieces: Program = pieces('largest', 'max(held, abs(g[i]))', 'max_all')
/** Of g over its largest entry, which scaling[2] is, so that nothing overflows. */
export const squarePieces: Program = pieces(
  'squaredNorm',
  'held + (g[i] / max(scaling[2], 1e-37)) * (g[i] / max(scaling[2], 1e-37))',
  'sum_all',
  ['scaling'],
)

/** AdaClip's average kept[0] of the largest entries, and what it says: entries above scaling[0] are scaled by scaling[1], and scaling[2] is then the largest. */
export const clipping: Program = {
  name: 'clipping',
  stop: true,
  reads: ['pieces'],
  writes: ['kept', 'scaling'],
  numbers: ['groups: u32', 'gamma: f32', 'rest: f32', 'correct: f32'],
  body: `
  let largest = max_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let average = p.gamma * kept[0] + p.rest * largest;
  kept[0] = average;
  let limit = average * p.correct;
  scaling[0] = limit;
  scaling[1] = select(1.0, limit / largest, largest > limit);
  scaling[2] = min(largest, limit);`,
}

/** AdaGN's averages kept[1] of the norm and kept[2], the root of that of its square: entries over scaling[2] are scaled by scaling[1]. */
export const normalizing: Program = {
  name: 'normalizing',
  stop: true,
  reads: ['pieces'],
  writes: ['kept', 'scaling'],
  numbers: [
    ...['groups: u32', 'gamma1: f32', 'rest1: f32', 'gamma2: f32', 'rest2: f32'],
    ...['correct1: f32', 'correct2: f32', 'epsilon: f32'],
  ],
  body: `
  let square = sum_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let scaled = sqrt(square);
  let norm = scaling[2] * scaled;
  let mean = p.gamma1 * kept[1] + p.rest1 * norm;
  let larger = max(max(kept[2], norm), 1e-37);
  let old = kept[2] / larger;
  let fresh = norm / larger;
  let root = larger * sqrt(p.gamma2 * old * old + p.rest2 * fresh * fresh);
  kept[1] = mean;
  kept[2] = root;
  let wanted = (mean * p.correct1) / (root * sqrt(p.correct2) + p.epsilon);
  scaling[1] = select(1.0, wanted / scaled, scaled > 0.0);`,
}

export const scale: Program = elementwise(
  'scale',
  ['g'],
  ['scaling'],
  [],
  `
  if (abs(g[i]) > scaling[0]) { g[i] *= scaling[1]; }`,
)

export const rescale: Program = elementwise(
  'scale',
  ['g'],
  ['scaling'],
  [],
  `
  g[i] = (g[i] / max(scaling[2], 1e-37)) * scaling[1];`,
)
