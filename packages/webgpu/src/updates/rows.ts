import { type Program, WORKGROUP } from '@opt/core'
import { elementwise } from './elementwise.ts'

// Programs on the rows of rows-by-n matrices have one workgroup a row; the others have one workgroup.

/** x'x, g'g and x'g of each row. */
export const products: Program = {
  name: 'products',
  stop: true,
  reads: ['x', 'g'],
  writes: ['products: vec4f'],
  numbers: ['n: u32'],
  body: `
  var sum = vec3f();
  for (var j = t; j < p.n; j += ${WORKGROUP}u) {
    let a = x[group * p.n + j];
    let b = g[group * p.n + j];
    sum += vec3f(a * a, b * b, a * b);
  }
  let xx = sum_all(sum.x, t);
  let gg = sum_all(sum.y, t);
  let xg = sum_all(sum.z, t);
  if (t == 0u) { products[group] = vec4f(xx, gg, xg, 0.0); }`,
}

/**
 * What is scale-invariant: found[0] is 2 where every row of g is nearly at right angles to that of x, else 1 where all of g is, else 0;
 * found[1] is x'x of all.
 */
export const decide: Program = {
  name: 'decide',
  stop: true,
  reads: ['products: vec4f'],
  writes: ['found'],
  numbers: ['rows: u32', 'by_row: f32', 'by_all: f32', 'floor: f32'],
  helpers: `
fn cosine(s: vec3f) -> f32 { return abs(s.z) / (max(sqrt(s.x), p.floor) * max(sqrt(s.y), p.floor)); }`,
  body: `
  var most = 0.0;
  var sum = vec3f();
  for (var r = t; r < p.rows; r += ${WORKGROUP}u) {
    most = max(most, cosine(products[r].xyz));
    sum += products[r].xyz;
  }
  let largest = max_all(most, t);
  let xx = sum_all(sum.x, t);
  let gg = sum_all(sum.y, t);
  let xg = sum_all(sum.z, t);
  if (t == 0u) {
    let whole = select(0.0, 1.0, cosine(vec3f(xx, gg, xg)) < p.by_all);
    found[0] = select(whole, 2.0, largest < p.by_row);
    found[1] = xx;
  }`,
}

/** x'u of each row, if something was found. */
export const along: Program = {
  name: 'along',
  stop: true,
  reads: ['x', 'u', 'found'],
  writes: ['dots'],
  numbers: ['n: u32'],
  body: `
  if (found[0] == 0.0) { return; }
  var sum = 0.0;
  for (var j = t; j < p.n; j += ${WORKGROUP}u) { sum += x[group * p.n + j] * u[group * p.n + j]; }
  let dot = sum_all(sum, t);
  if (t == 0u) { dots[group] = dot; }`,
}

/** How much of each row of x its row of u is to lose. */
export const shares: Program = {
  name: 'shares',
  stop: true,
  reads: ['products: vec4f', 'found', 'dots'],
  writes: ['shares'],
  numbers: ['rows: u32', 'epsilon: f32'],
  body: `
  var sum = 0.0;
  for (var r = t; r < p.rows; r += ${WORKGROUP}u) { sum += dots[r]; }
  let whole = sum_all(sum, t);
  let byRow = found[0] == 2.0;
  for (var r = t; r < p.rows; r += ${WORKGROUP}u) {
    let length = sqrt(select(found[1], products[r].x, byRow)) + p.epsilon;
    shares[r] = select(0.0, select(whole, dots[r], byRow) / (length * length), found[0] > 0.0);
  }`,
}

export const projectedDescent: Program = elementwise(
  'projectAndDescend',
  ['x'],
  ['u', 'shares', 'found'],
  ['columns: u32', 'rate', 'keep', 'keep_projected'],
  `
  let step = u[i] - shares[i / p.columns] * x[i];
  x[i] = select(p.keep, p.keep_projected, found[0] > 0.0) * x[i] - p.rate * step;`,
)

export const projectRows: Program = {
  name: 'projectRows',
  stop: true,
  reads: ['x'],
  writes: ['u'],
  numbers: ['n: u32', 'epsilon: f32'],
  body: `
  var sum = vec2f();
  for (var j = t; j < p.n; j += ${WORKGROUP}u) {
    let a = x[group * p.n + j];
    sum += vec2f(a * a, a * u[group * p.n + j]);
  }
  let length = sqrt(sum_all(sum.x, t)) + p.epsilon;
  let share = sum_all(sum.y, t) / (length * length);
  for (var j = t; j < p.n; j += ${WORKGROUP}u) { u[group * p.n + j] -= share * x[group * p.n + j]; }`,
}

/** {@link averageBlocks} by one thread a block: a kernel of a convolution has few entries. */
export const averageSmallBlocks: Program = elementwise(
  'averageBlocks',
  ['d'],
  [],
  ['columns: u32'],
  `
  let end = (i + 1u) * p.columns;
  var sum = 0.0;
  for (var j = i * p.columns; j < end; j++) { sum += abs(d[j]); }
  let mean = sum / f32(p.columns);
  for (var j = i * p.columns; j < end; j++) { d[j] = mean; }`,
)

/** Each entry becomes the mean of |d| over its row. */
export const averageBlocks: Program = {
  name: 'averageBlocks',
  stop: true,
  writes: ['d'],
  numbers: ['n: u32'],
  body: `
  var sum = 0.0;
  for (var j = t; j < p.n; j += ${WORKGROUP}u) { sum += abs(d[group * p.n + j]); }
  let mean = sum_all(sum, t) / f32(p.n);
  for (var j = t; j < p.n; j += ${WORKGROUP}u) { d[group * p.n + j] = mean; }`,
}
