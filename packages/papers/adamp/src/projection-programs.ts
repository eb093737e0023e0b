import type { Program } from '@opt/core'

/** x'x, g'g and x'g of each row, one workgroup a row. */
export const products: Program = {
  name: 'products',
  reads: ['parameter', 'gradient'],
  writes: ['products: vec4f'],
  numbers: ['columns: u32'],
  body: `
  var sum = vec3f();
  for (var j = t; j < p.columns; j += 256u) {
    let x = parameter[group * p.columns + j];
    let g = gradient[group * p.columns + j];
    sum += vec3f(x * x, g * g, x * g);
  }
  let xx = sum_all(sum.x, t);
  let gg = sum_all(sum.y, t);
  let xg = sum_all(sum.z, t);
  if (t == 0u) { products[group] = vec4f(xx, gg, xg, 0.0); }`,
}

/** found[0] is 2 where each row is scale-invariant, else 1 where the whole is, else 0; found[1] is x'x of the whole. */
export const decide: Program = {
  name: 'decide',
  reads: ['products: vec4f'],
  writes: ['found'],
  numbers: ['rows: u32', 'byRow', 'byAll', 'floor'],
  helpers: `
fn cosine(s: vec3f) -> f32 { return abs(s.z) / (max(sqrt(s.x), p.floor) * max(sqrt(s.y), p.floor)); }`,
  body: `
  var most = 0.0;
  var sum = vec3f();
  for (var r = t; r < p.rows; r += 256u) {
    most = max(most, cosine(products[r].xyz));
    sum += products[r].xyz;
  }
  let largest = max_all(most, t);
  let xx = sum_all(sum.x, t);
  let gg = sum_all(sum.y, t);
  let xg = sum_all(sum.z, t);
  if (t == 0u) {
    let whole = select(0.0, 1.0, cosine(vec3f(xx, gg, xg)) < p.byAll);
    found[0] = select(whole, 2.0, largest < p.byRow);
    found[1] = xx;
  }`,
}

/** x'u of each row, if anything is scale-invariant. */
export const along: Program = {
  name: 'along',
  reads: ['parameter', 'gradient', 'found'],
  writes: ['dots'],
  numbers: ['columns: u32'],
  body: `
  if (found[0] == 0.0) { return; }
  var sum = 0.0;
  for (var j = t; j < p.columns; j += 256u) { sum += parameter[group * p.columns + j] * gradient[group * p.columns + j]; }
  let dot = sum_all(sum, t);
  if (t == 0u) { dots[group] = dot; }`,
}

/** The multiple of each row of x that its row of u loses. */
export const shares: Program = {
  name: 'shares',
  reads: ['products: vec4f', 'found', 'dots'],
  writes: ['shares'],
  numbers: ['rows: u32', 'epsilon'],
  body: `
  var sum = 0.0;
  for (var r = t; r < p.rows; r += 256u) { sum += dots[r]; }
  let whole = sum_all(sum, t);
  let byRow = found[0] == 2.0;
  for (var r = t; r < p.rows; r += 256u) {
    let length = sqrt(select(found[1], products[r].x, byRow)) + p.epsilon;
    shares[r] = select(0.0, select(whole, dots[r], byRow) / (length * length), found[0] > 0.0);
  }`,
}

export const projectedDescent: Program = {
  name: 'projectedDescent',
  reads: ['gradient', 'shares', 'found'],
  writes: ['parameter'],
  numbers: ['columns: u32', 'learningRate', 'decayFactor', 'invariantDecayFactor'],
  each: 'n',
  body: `
  let u = gradient[i] - shares[i / p.columns] * parameter[i];
  let decayFactor = select(p.decayFactor, p.invariantDecayFactor, found[0] > 0.0);
  parameter[i] = decayFactor * parameter[i] - p.learningRate * u;`,
}
