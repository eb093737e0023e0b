import { EACH, type Program, THREADS } from '../program.ts'

/** {@link EACH}, until the run has ended. */
const GOING = `${EACH}
  if (state[0] != 0u) { return; }`

/** Scalars of a run of conjugate gradients, by place. */
export const Scalar = { rz: 0, alpha: 1, beta: 2, rr: 3, rr0: 4, iterations: 5, length: 8 } as const

/** large = (m - s) / s: the larger side's part of the right-hand side. */
export const eliminate: Program = {
  name: 'eliminate',
  reads: ['m', 's'],
  writes: ['large'],
  numbers: ['n: u32'],
  body: `${EACH}
  large[k] = (m[k] - s[k]) / s[k];`,
}

/** out = 1 / s. */
export const reciprocal: Program = {
  name: 'reciprocal',
  reads: ['s'],
  writes: ['out'],
  numbers: ['n: u32'],
  body: `${EACH}
  out[k] = 1.0 / s[k];`,
}

/** large = large / s. */
export const divide: Program = {
  name: 'divide',
  reads: ['s', 'state: u32'],
  writes: ['large'],
  numbers: ['n: u32'],
  body: `${GOING}
  large[k] /= s[k];`,
}

/** q = s x - q. */
export const complement: Program = {
  name: 'complement',
  reads: ['s', 'x', 'state: u32'],
  writes: ['q'],
  numbers: ['n: u32'],
  body: `${GOING}
  q[k] = s[k] * x[k] - q[k];`,
}

/** M = 1 / (s - squares): the inverse diagonal of the Schur complement, which cancellation may leave at or below 0. */
export const invert: Program = {
  name: 'invert',
  reads: ['s', 'squares'],
  writes: ['M'],
  numbers: ['n: u32'],
  body: `${EACH}
  M[k] = 1.0 / max(s[k] - squares[k], 1e-6 * s[k]);`,
}

/** x = 0; r = epsilon (m - s - y); z = M r; d = z. */
export const begin: Program = {
  name: 'begin',
  reads: ['m', 's', 'y', 'M'],
  writes: ['x', 'r', 'z', 'd'],
  numbers: ['n: u32', 'epsilon: f32'],
  body: `${EACH}
  x[k] = 0.0;
  r[k] = p.epsilon * (m[k] - s[k] - y[k]);
  z[k] = M[k] * r[k];
  d[k] = z[k];`,
}

/** The first r'z and r'r; one workgroup. */
export const measure: Program = {
  name: 'measure',
  reads: ['r', 'z'],
  writes: ['scalars', 'state: u32'],
  numbers: ['n: u32'],
  body: `
  var rz = 0.0; var rr = 0.0;
  for (var k = t; k < p.n; k += ${THREADS}u) { rz += r[k] * z[k]; rr += r[k] * r[k]; }
  let all_rz = sum_all(rz, t);
  let all_rr = sum_all(rr, t);
  if (t == 0u) {
    scalars[${Scalar.rz}] = all_rz;
    scalars[${Scalar.rr}] = all_rr;
    scalars[${Scalar.rr0}] = all_rr;
    scalars[${Scalar.iterations}] = 0.0;
    state[0] = select(0u, 1u, !(all_rr > 0.0));
  }`,
}

/** alpha = r'z / d'q; stops when the direction has no positive curvature left; one workgroup. */
export const curvature: Program = {
  name: 'curvature',
  reads: ['d', 'q'],
  writes: ['scalars', 'state: u32'],
  numbers: ['n: u32'],
  body: `
  var dq = 0.0;
  for (var k = t; k < p.n; k += ${THREADS}u) { dq += d[k] * q[k]; }
  let all = sum_all(dq, t);
  if (t == 0u && state[0] == 0u) {
    scalars[${Scalar.alpha}] = scalars[${Scalar.rz}] / all;
    if (!(all > 0.0)) { state[0] = 1u; }
  }`,
}

/** x += alpha d; r -= alpha q; z = M r. */
export const advance: Program = {
  name: 'advance',
  reads: ['d', 'q', 'M', 'scalars', 'state: u32'],
  writes: ['x', 'r', 'z'],
  numbers: ['n: u32'],
  body: `${GOING}
  let alpha = scalars[${Scalar.alpha}];
  x[k] += alpha * d[k];
  r[k] -= alpha * q[k];
  z[k] = M[k] * r[k];`,
}

/** beta and the next r'z; stops when |r| is at most `tolerance` times what it was; one workgroup. */
export const judge: Program = {
  name: 'judge',
  reads: ['r', 'z'],
  writes: ['scalars', 'state: u32'],
  numbers: ['n: u32', 'tolerance: f32'],
  body: `
  var rz = 0.0; var rr = 0.0;
  for (var k = t; k < p.n; k += ${THREADS}u) { rz += r[k] * z[k]; rr += r[k] * r[k]; }
  let all_rz = sum_all(rz, t);
  let all_rr = sum_all(rr, t);
  if (t == 0u && state[0] == 0u) {
    scalars[${Scalar.beta}] = all_rz / scalars[${Scalar.rz}];
    scalars[${Scalar.rz}] = all_rz;
    scalars[${Scalar.rr}] = all_rr;
    scalars[${Scalar.iterations}] += 1.0;
    if (all_rr <= p.tolerance * p.tolerance * scalars[${Scalar.rr0}]) { state[0] = 1u; }
  }`,
}

/** d = z + beta d. */
export const turn: Program = {
  name: 'turn',
  reads: ['z', 'scalars', 'state: u32'],
  writes: ['d'],
  numbers: ['n: u32'],
  body: `${GOING}
  d[k] = z[k] + scalars[${Scalar.beta}] * d[k];`,
}

/** dl = (epsilon (m - s) - large) / s: the larger side's part of the direction. */
export const substitute: Program = {
  name: 'substitute',
  reads: ['m', 's', 'large'],
  writes: ['d'],
  numbers: ['n: u32', 'epsilon: f32'],
  body: `${EACH}
  d[k] = (p.epsilon * (m[k] - s[k]) - large[k]) / s[k];`,
}
