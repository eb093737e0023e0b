import { nrm2, number } from '@opt/core'
import { MOST_POINTS, power } from './basis.ts'
import { type GridProblem, GridSpace } from './space.ts'

/** The grid of a space with so many modes, exact for cubic terms. */
export const gridFor = (modes: number): number => 2 * modes + 2

/** A quarter of the largest grid: the certificate is to take a second, not a minute. */
const MOST_FINE_POINTS = MOST_POINTS / 4

/** How many modes the final residual is measured in: those asked for, or twice as many as those of u, memory permitting. */
export function certificateModes(asked: number | undefined, modes: number, d: number): number {
  if (asked !== undefined) {
    number(asked, 'certificateModes', { integer: true, min: modes })
    if (power(gridFor(asked), d) <= MOST_POINTS) return asked
    number(asked, 'certificateModes', { max: modes })
  }
  let fine = 2 * modes
  while (fine > modes && power(gridFor(fine), d) > MOST_FINE_POINTS) fine--
  return fine
}

/**
 * The dual norm of the residual of a function of a space, measured on the grid of a space of more modes: in those modes,
 * and what they do not show. Above the modes |<h, phi> + <v, grad phi>| <= (|h| / a + |v|) |phi|_H1, where h = L_u - f and
 * v = L_p stand for their remainders in L2 and a for the least frequency there; v is left out where a flux is prescribed,
 * whose series it would have to cancel.
 */
export function dualOnFineGrid(modes: number, problem: GridProblem, coarse: GridSpace, u: Float64Array): number {
  const space = new GridSpace(problem, modes, gridFor(modes))
  const padded = new Float64Array(space.basis.size)
  const [N, d] = [coarse.basis.modes, coarse.basis.dimension]
  for (let t = 0; t < u.length; t++) {
    let [place, rest, unit] = [0, t, 1]
    for (let axis = d - 1; axis >= 0; axis--) {
      place += (rest % N) * unit
      rest = Math.floor(rest / N)
      unit *= modes
    }
    padded[place] = u[t]
  }
  const { dual } = space.iterate(padded)
  const frequency = Math.PI * modes
  const ofValues = space.basis.remainder() / Math.sqrt(1 + frequency * frequency)
  const ofFields = problem.flux === undefined ? nrm2(problem.boundary.map((_, j) => space.basis.remainder(j))) : 0
  return nrm2([dual, ofValues + ofFields])
}
