import { calling, log, log1p, number, options as optionsOf, pow, refuse, type VectorLike, vector } from '@opt/core'
import type { Activation } from './activation/activation.ts'
import { type ActivationLike, activation } from './activation/make.ts'
import { polynomial } from './activation/series.ts'

/** Options of {@link ntk}. */
export interface NtkOptions {
  /** L, the number of hidden layers: an integer from 0 to 1e6. */
  depth: number
  /** 1 - x.x' = |x - x'|^2 / 2 of unit vectors: n numbers from 0 to 2. Take it from the difference. */
  delta: VectorLike
}

/** Answer of {@link ntk}: logarithms and signs (1, 0 or -1) of n entries each. */
export interface NtkLogs {
  /** log |S_L|, of the covariance of the last hidden layer. */
  logSigma: Float64Array
  signSigma: Int8Array
  /** log |K_L|, of the neural tangent kernel. */
  logKernel: Float64Array
  signKernel: Int8Array
}

/**
 * Returns the exact neural tangent kernel of a fully connected network of infinite width and any depth, on the unit
 * sphere, as logarithms, which neither overflow nor underflow:
 *
 *     S_0 = K_0 = x.x',   S_l+1 = D(S_l),   K_l+1 = K_l D'(S_l) + S_l+1
 *
 * @param phi an activation, or anything that {@link activation} takes.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function ntk(phi: ActivationLike, given: NtkOptions): NtkLogs {
  return calling('ntk', () => {
    const { depth, delta } = optionsOf(given, 'options', ['depth', 'delta'])
    const f = activation(phi)
    checkDepth(depth)
    const gaps = vector(delta, 'delta', { sign: 'nonnegative' })
    gaps.forEach((gap, i) => void (gap > 2 && refuse(`delta[${i}]`, 'at most 2', String(gap))))
    const logSigma = new Float64Array(gaps.length)
    const signSigma = new Int8Array(gaps.length)
    const logKernel = new Float64Array(gaps.length)
    const signKernel = new Int8Array(gaps.length)
    const recursion = layers(f, depth)
    for (let i = 0; i < gaps.length; i++) {
      const out = recursion(gaps[i])
      logSigma[i] = out.logSigma
      signSigma[i] = out.signSigma
      logKernel[i] = out.logKernel
      signKernel[i] = out.signKernel
    }
    return { logSigma, signSigma, logKernel, signKernel }
  })
}

/** Checks a finite depth. */
export function checkDepth(depth: number): number {
  return number(depth, 'depth', { integer: true, min: 0, max: 1e6 })
}

/** 2^-500: K is kept below 2^500, times 2^(500 scale). */
const STEP = pow(2, -500)
const LOG_STEP = 346.5735902799727

/** Logarithms and signs of one pair. */
interface Logs {
  logSigma: number
  signSigma: number
  logKernel: number
  signKernel: number
}

/**
 * The recursion as a function of delta; its answer is overwritten by the next call. Elementary functions come after
 * the loop only: near 1 it carries delta = 1 - S, which dualGap maps without cancellation, otherwise S; K has an
 * exponent of its own. Once S is so small that D(S) = c_k S^k to the last bit, the other layers are a formula.
 */
export function layers(f: Activation, depth: number): (delta: number) => Logs {
  const tail = tailOf(f)
  const next = new Float64Array(3)
  const out: Logs = { logSigma: 0, signSigma: 1, logKernel: 0, signKernel: 1 }
  return (delta) => {
    let gap = delta
    let s = 1 - delta
    let kernel = s
    let scale = 0
    for (let l = 0; l < depth; l++) {
      if (s < tail.below && s > -tail.below) return tail.rest(s, kernel, scale, depth - l, out)
      f.layer(s, gap, next)
      gap = next[1]
      s = next[2]
      kernel = kernel * next[0] + (scale === 0 ? s : scale === 1 ? s * STEP : scale === 2 ? s * STEP * STEP : 0)
      if (kernel * STEP > 1 || kernel * STEP < -1) {
        kernel *= STEP
        scale++
      } else if (scale > 0 && kernel < 1 && kernel > -1) {
        kernel /= STEP
        scale--
      }
    }
    out.logSigma = gap < 0.5 ? log1p(-gap) : log(Math.abs(s))
    out.signSigma = Math.sign(s)
    out.logKernel = log(Math.abs(kernel)) + scale * LOG_STEP
    out.signKernel = Math.sign(kernel)
    return out
  }
}

/** The layers that remain once |S| is below a bound: D(S) = S^k q(S), where q is c_k from the next layer on. */
interface Tail {
  below: number
  rest(s: number, kernel: number, scale: number, remaining: number, out: Logs): Logs
}

function tailOf({ powers }: Activation): Tail {
  const k = powers === null ? 0 : powers.findIndex((v) => v > 0)
  if (powers === null || k === 0) return { below: 0, rest: (_s, _kernel, _scale, _remaining, out) => out }
  const q = powers.slice(k)
  const p = q.map((v, i) => (k + i) * v)
  const logLeading = log(q[0])
  return {
    // The second bound keeps S^k above the smallest numbers until then.
    below: Math.max(q[0] * pow(2, -60), pow(10, -280 / k)),
    rest(s, kernel, scale, remaining, out) {
      if (s === 0) {
        out.logSigma = -Infinity
        out.signSigma = 0
        out.signKernel = k === 1 || remaining === 0 ? Math.sign(kernel) : 0
        out.logKernel =
          out.signKernel === 0 ? -Infinity : log(Math.abs(kernel)) + scale * LOG_STEP + remaining * logLeading
        return out
      }
      const first = polynomial(q, s)
      if (first === 0) return this.rest(0, kernel * pow(s, k - 1) * polynomial(p, s), scale, remaining - 1, out)
      // r = K / S: r <- r p / q + 1, then remaining - 1 times r <- k r + 1.
      let ratio = (kernel / s) * (polynomial(p, s) / first)
      if (scale === 0) ratio += 1
      let logSigma = k * log(Math.abs(s)) + log(Math.abs(first))
      let logRatio = log(Math.abs(ratio)) + scale * LOG_STEP
      const more = remaining - 1
      if (k === 1) {
        logSigma += more * logLeading
        if (scale === 0 && logRatio < 300) {
          ratio += more
          logRatio = log(Math.abs(ratio))
        }
      } else {
        const growth = pow(k, more)
        logSigma = growth * (logSigma + logLeading / (k - 1)) - logLeading / (k - 1)
        if (scale === 0 && logRatio < 300) {
          ratio += (1 - 1 / growth) / (k - 1)
          logRatio = log(Math.abs(ratio))
        }
        logRatio += more * log(k)
      }
      out.logSigma = logSigma
      out.signSigma = sign(s, first, k, more)
      out.logKernel = logSigma + logRatio
      out.signKernel = out.signSigma * Math.sign(ratio)
      return out
    },
  }
}

/** The sign of S after S^k q(S) and `more` layers S <- c_k S^k. */
function sign(s: number, first: number, k: number, more: number): number {
  const next = (k % 2 === 1 ? Math.sign(s) : 1) * Math.sign(first)
  return k % 2 === 1 || more === 0 ? next : Math.abs(next)
}
