import { type Program, THREADS } from '../program.ts'
import { elementwise } from './elementwise.ts'

/** Workgroups that look through a gradient, each through its share. */
export const PIECES = 256

const HALTED = `
  if (guard[0] != 0u) { return; }`

const pieces = (name: string, take: string, merge: string): Program => ({
  name,
  reads: ['g', 'guard: u32'],
  writes: ['pieces'],
  numbers: ['n: u32', 'groups: u32'],
  body: `${HALTED}
  var held = 0.0;
  for (var i = group * ${THREADS}u + t; i < p.n; i += ${THREADS}u * p.groups) { held = ${take}; }
  let all = ${merge}(held, t);
  if (t == 0u && group < ${PIECES}u) { pieces[group] = all; }`,
})

export const largestPieces: Program = pieces('largest', 'max(held, abs(g[i]))', 'max_all')
export const squarePieces: Program = pieces('squaredNorm', 'held + g[i] * g[i]', 'sum_all')

/** AdaClip's average kept[0] of the largest entries, and what it says: entries above scaling[0] are scaled by scaling[1]. */
export const clipping: Program = {
  name: 'clipping',
  reads: ['pieces', 'guard: u32'],
  writes: ['kept', 'scaling'],
  numbers: ['groups: u32', 'gamma: f32', 'rest: f32', 'correct: f32'],
  body: `${HALTED}
  let largest = max_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let average = p.gamma * kept[0] + p.rest * largest;
  kept[0] = average;
  let limit = average * p.correct;
  scaling[0] = limit;
  scaling[1] = select(1.0, limit / largest, largest > limit);`,
}

/** AdaGN's averages kept[1] of the norm and kept[2] of its square, and what they say: all entries are scaled by scaling[1]. */
export const normalizing: Program = {
  name: 'normalizing',
  reads: ['pieces', 'guard: u32'],
  writes: ['kept', 'scaling'],
  numbers: [
    ...['groups: u32', 'gamma1: f32', 'rest1: f32', 'gamma2: f32', 'rest2: f32'],
    ...['correct1: f32', 'correct2: f32', 'epsilon: f32'],
  ],
  body: `${HALTED}
  let square = sum_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let norm = sqrt(square);
  let mean = p.gamma1 * kept[1] + p.rest1 * norm;
  let meanSquare = p.gamma2 * kept[2] + p.rest2 * square;
  kept[1] = mean;
  kept[2] = meanSquare;
  let wanted = (mean * p.correct1) / (sqrt(meanSquare * p.correct2) + p.epsilon);
  scaling[0] = -1.0;
  scaling[1] = select(1.0, wanted / norm, norm > 0.0);`,
}

export const scale: Program = elementwise(
  'scale',
  ['g'],
  ['scaling'],
  [],
  `
  if (abs(g[i]) > scaling[0]) { g[i] *= scaling[1]; }`,
)
