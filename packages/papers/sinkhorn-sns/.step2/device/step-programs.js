import { WORKGROUP } from '@opt/core/program';
/** The log-sum-exp of line k from its parts, as (largest exponent, sum of exponentials relative to it). */
const WHOLE = `
fn whole(k: u32) -> vec2f {
  var all = lines[k];
  for (var part = 1u; part < p.count; part++) {
    let other = lines[part * p.n + k];
    let top = max(all.x, other.x);
    all = vec2f(top, all.y * exp(all.x - top) + other.y * exp(other.x - top));
  }
  return all;
}`;
/** Moves a potential by a little: the rest absorbs it, and carries whole multiples of the grid over. */
const MOVED = `
fn moved(f: vec2f, by: f32) -> vec2f {
  let rest = f.y + by;
  let whole = round(rest / p.grid) * p.grid;
  return vec2f(f.x + whole, rest - whole);
}`;
/** Moves the potentials of one side so that its marginal is right: by epsilon (log a - the line's log-sum-exp). */
export const fit = {
    name: 'fit',
    each: 'n',
    stop: true,
    reads: ['lines: vec2f', 'log_mass'],
    writes: ['F: vec2f'],
    numbers: ['count: u32', 'epsilon', 'grid'],
    helpers: WHOLE + MOVED,
    body: `
  let line = whole(i);
  F[i] = moved(F[i], p.epsilon * ((log_mass[i] - line.x) - log(line.y)));`,
};
/** Computes the marginal of one side. */
export const marginal = {
    name: 'marginal',
    each: 'n',
    reads: ['lines: vec2f'],
    writes: ['r'],
    numbers: ['count: u32'],
    helpers: WHOLE,
    body: `
  let line = whole(i);
  r[i] = exp(line.x) * line.y;`,
};
/** Writes the L1 distance of two vectors to place `at`; sets `stop` when it is at most `goal`. One workgroup. */
export const distance = {
    name: 'distance',
    reads: ['r', 'a'],
    writes: ['errors', 'stop: u32'],
    numbers: ['n: u32', 'at: u32', 'rounding', 'goal'],
    body: `
  var sum = 0.0;
  for (var k = t; k < p.n; k += ${WORKGROUP}u) { sum += abs(r[k] - a[k]); }
  let all = sum_all(sum, t) + p.rounding;
  if (t == 0u) {
    errors[p.at] = all;
    if (all <= p.goal) { stop[0] = 1u; }
  }`,
};
/** Moves potentials along a direction. */
export const along = {
    name: 'along',
    each: 'n',
    reads: ['start: vec2f', 'd'],
    writes: ['F: vec2f'],
    numbers: ['alpha', 'grid'],
    helpers: MOVED,
    body: `
  F[i] = moved(start[i], p.alpha * d[i]);`,
};
/** Writes four numbers of one side, from place `at` on: the slope (a - r)'d, least and largest d, least r. */
export const survey = {
    name: 'survey',
    reads: ['a', 'r', 'd'],
    writes: ['out'],
    numbers: ['n: u32', 'at: u32'],
    body: `
  var slope = 0.0; var low = 3e38; var high = -3e38; var least = 3e38;
  for (var k = t; k < p.n; k += ${WORKGROUP}u) {
    slope += (a[k] - r[k]) * d[k];
    low = min(low, d[k]);
    high = max(high, d[k]);
    least = min(least, r[k]);
  }
  let all = sum_all(slope, t);
  let top = max_all(high, t);
  let bottom = -max_all(-low, t);
  let smallest = -max_all(-least, t);
  if (t == 0u) { out[p.at] = all; out[p.at + 1u] = bottom; out[p.at + 2u] = top; out[p.at + 3u] = smallest; }`,
};
//# sourceMappingURL=step-programs.js.map