import { WORKGROUP } from '@opt/core/program';
/** Scalars of a run of conjugate gradients, by place. */
export const Scalar = { rz: 0, alpha: 1, beta: 2, rr: 3, rr0: 4, iterations: 5, length: 8 };
/** large = (m - s) / s: the larger side's part of the right-hand side. */
export const eliminate = {
    name: 'eliminate',
    each: 'n',
    reads: ['m', 's'],
    writes: ['large'],
    body: `
  large[i] = (m[i] - s[i]) / s[i];`,
};
/** out = 1 / s. */
export const reciprocal = {
    name: 'reciprocal',
    each: 'n',
    reads: ['s'],
    writes: ['out'],
    body: `
  out[i] = 1.0 / s[i];`,
};
/** large = large / s. */
export const divide = {
    name: 'divide',
    each: 'n',
    stop: true,
    reads: ['s'],
    writes: ['large'],
    body: `
  large[i] /= s[i];`,
};
/** q = s x - q. */
export const complement = {
    name: 'complement',
    each: 'n',
    stop: true,
    reads: ['s', 'x'],
    writes: ['q'],
    body: `
  q[i] = s[i] * x[i] - q[i];`,
};
/** M = 1 / (s - squares): the inverse diagonal of the Schur complement, which cancellation may leave at or below 0. */
export const invert = {
    name: 'invert',
    each: 'n',
    reads: ['s', 'squares'],
    writes: ['M'],
    body: `
  M[i] = 1.0 / max(s[i] - squares[i], 1e-6 * s[i]);`,
};
/** x = 0; r = epsilon (m - s - y); z = M r; d = z. */
export const begin = {
    name: 'begin',
    each: 'n',
    reads: ['m', 's', 'y', 'M'],
    writes: ['x', 'r', 'z', 'd'],
    numbers: ['epsilon: f32'],
    body: `
  x[i] = 0.0;
  r[i] = p.epsilon * (m[i] - s[i] - y[i]);
  z[i] = M[i] * r[i];
  d[i] = z[i];`,
};
/** The first r'z and r'r; one workgroup. */
export const measure = {
    name: 'measure',
    reads: ['r', 'z'],
    writes: ['scalars', 'stop: u32'],
    numbers: ['n: u32'],
    body: `
  var rz = 0.0; var rr = 0.0;
  for (var k = t; k < p.n; k += ${WORKGROUP}u) { rz += r[k] * z[k]; rr += r[k] * r[k]; }
  let all_rz = sum_all(rz, t);
  let all_rr = sum_all(rr, t);
  if (t == 0u) {
    scalars[${Scalar.rz}] = all_rz;
    scalars[${Scalar.rr}] = all_rr;
    scalars[${Scalar.rr0}] = all_rr;
    scalars[${Scalar.iterations}] = 0.0;
    stop[0] = select(0u, 1u, !(all_rr > 0.0));
  }`,
};
/** alpha = r'z / d'q; stops when the direction has no positive curvature left; one workgroup. */
export const curvature = {
    name: 'curvature',
    reads: ['d', 'q'],
    writes: ['scalars', 'stop: u32'],
    numbers: ['n: u32'],
    body: `
  var dq = 0.0;
  for (var k = t; k < p.n; k += ${WORKGROUP}u) { dq += d[k] * q[k]; }
  let all = sum_all(dq, t);
  if (t == 0u && stop[0] == 0u) {
    scalars[${Scalar.alpha}] = scalars[${Scalar.rz}] / all;
    if (!(all > 0.0)) { stop[0] = 1u; }
  }`,
};
/** x += alpha d; r -= alpha q; z = M r. */
export const advance = {
    name: 'advance',
    each: 'n',
    stop: true,
    reads: ['d', 'q', 'M', 'scalars'],
    writes: ['x', 'r', 'z'],
    body: `
  let alpha = scalars[${Scalar.alpha}];
  x[i] += alpha * d[i];
  r[i] -= alpha * q[i];
  z[i] = M[i] * r[i];`,
};
/** beta and the next r'z; stops when |r| is at most `tolerance` times what it was; one workgroup. */
export const judge = {
    name: 'judge',
    reads: ['r', 'z'],
    writes: ['scalars', 'stop: u32'],
    numbers: ['n: u32', 'tolerance: f32'],
    body: `
  var rz = 0.0; var rr = 0.0;
  for (var k = t; k < p.n; k += ${WORKGROUP}u) { rz += r[k] * z[k]; rr += r[k] * r[k]; }
  let all_rz = sum_all(rz, t);
  let all_rr = sum_all(rr, t);
  if (t == 0u && stop[0] == 0u) {
    scalars[${Scalar.beta}] = all_rz / scalars[${Scalar.rz}];
    scalars[${Scalar.rz}] = all_rz;
    scalars[${Scalar.rr}] = all_rr;
    scalars[${Scalar.iterations}] += 1.0;
    if (all_rr <= p.tolerance * p.tolerance * scalars[${Scalar.rr0}]) { stop[0] = 1u; }
  }`,
};
/** d = z + beta d. */
export const turn = {
    name: 'turn',
    each: 'n',
    stop: true,
    reads: ['z', 'scalars'],
    writes: ['d'],
    body: `
  d[i] = z[i] + scalars[${Scalar.beta}] * d[i];`,
};
/** dl = (epsilon (m - s) - large) / s: the larger side's part of the direction. */
export const substitute = {
    name: 'substitute',
    each: 'n',
    reads: ['m', 's', 'large'],
    writes: ['d'],
    numbers: ['epsilon: f32'],
    body: `
  d[i] = (p.epsilon * (m[i] - s[i]) - large[i]) / s[i];`,
};
//# sourceMappingURL=direction-programs.js.map