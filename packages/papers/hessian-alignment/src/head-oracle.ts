import { allFinite, calling, refuse, type VectorLike } from '@opt/core'
import { checkDomain, checkHead, type Domain, type HeadParameters, headVector } from './head/intake.ts'
import { openDomains } from './head/open.ts'
import { ownWorkspace } from './head/workspaces.ts'

/**
 * Derivatives of one domain's mean loss in the head, in closed form; matrices are row-major, like theta. Each throws a
 * RangeError when it overflows.
 */
export interface HeadOracle {
  /** The mean loss. */
  readonly value: number
  /** g, the gradient. */
  gradient(): Float64Array
  /** H v, the Hessian times a direction like theta, flat or as a matrix. */
  hvp(v: VectorLike | ArrayLike<ArrayLike<number>>): Float64Array
  /** H g, the Hessian-gradient product. */
  hgp(): Float64Array
  /** diag H, exact: what Hutchinson's method estimates by probes. */
  diagonal(): Float64Array
  /** The variance of the examples' gradients, entry by entry: what Fishr compares. */
  gradientVariance(): Float64Array
  /** <theta, g>, whose square IRM penalises. */
  irm(): number
}

/**
 * Returns the oracles of a head on the examples of one domain: each takes a product or two of features and theta.
 *
 * @throws TypeError or RangeError that names the wrong entry.
 */
export function headOracle(domain: Domain, head: HeadParameters): HeadOracle {
  return calling('headOracle', () => {
    const checked = checkHead(head)
    const examples = checkDomain(domain, checked, 'domain')
    const [rows] = openDomains(
      [examples],
      { ...checked, theta: checked.theta.slice() },
      {
        label: () => 'domain',
        workspace: ownWorkspace,
      },
    )
    return {
      value: rows.loss,
      gradient: () => finite('gradient', rows.gradient.slice()),
      hvp: (v) =>
        finite(
          'hvp',
          calling('hvp', () => rows.product(rows.along(headVector(v, checked, 'v')))),
          'v',
        ),
      hgp: () => finite('hgp', rows.product(rows.along(rows.gradient))),
      diagonal: () => finite('diagonal', rows.diagonal),
      gradientVariance: () => finite('gradientVariance', rows.gradientVariance),
      irm: () => finite('irm', [rows.irm])[0],
    }
  })
}

function finite<A extends ArrayLike<number>>(caller: string, x: A, argument = 'domain'): A {
  if (!allFinite(x)) refuse(`${caller}: ${argument}`, 'of a scale whose derivatives are finite', 'an overflow')
  return x
}
