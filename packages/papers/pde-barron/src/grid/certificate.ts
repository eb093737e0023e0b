import { nrm2, number } from '@opt/core'
import { MOST_POINTS, power } from './basis.ts'
import { subtractFlux } from './flux.ts'
import { type GridIterate, type GridProblem, GridSpace } from './space.ts'

/** The grid of a space with so many modes, exact for cubic terms. */
export const gridFor = (modes: number): number => 2 * modes + 2

/** A quarter of the largest grid: the certificate is to take a second, not a minute. */
const MOST_FINE_POINTS = MOST_POINTS / 4

/** The whole remainder of a jump above G/2 modes over the part that a grid of G points shows, whose waves end at G. */
const ABOVE_GRID = 2 / Math.sqrt(Math.PI)

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

/** The points an axis of the certificate's grid: enough for its modes, and half as many again as the descent had. */
function fineGrid(modes: number, grid: number, d: number): number {
  let fine = Math.ceil(1.5 * grid)
  while (fine > grid && power(fine, d) > MOST_POINTS) fine--
  return Math.max(gridFor(modes), fine)
}

/**
 * The dual norm of the residual of an iterate, measured on the grid of a space of more modes: the root of the squares of
 * what those modes show and of what they do not, plus an estimate of the quadrature error.
 *
 * Above the modes |<h, phi> + <v, grad phi>| <= (|h| / a + |v|) |phi|_H1, where h = L_u - f and v = L_p, less a field that
 * has the flux, stand for their remainders in L2 and a for the least frequency there. The quadrature error is taken to fall
 * at least like the root of the grid: the change of the residual in the modes of u from grid G to the fine grid F, divided
 * by (F / G)^(1/2) - 1.
 */
export function dualOnFineGrid(modes: number, problem: GridProblem, coarse: GridSpace, iterate: GridIterate): number {
  const { modes: N, grid, dimension: d, roots } = coarse.basis
  const space = new GridSpace(problem, modes, fineGrid(modes, grid, d))
  const { basis } = space
  const places = Int32Array.from({ length: iterate.u.length }, (_, t) => {
    let [place, rest, unit] = [0, t, 1]
    for (let axis = d - 1; axis >= 0; axis--) {
      place += (rest % N) * unit
      rest = Math.floor(rest / N)
      unit *= modes
    }
    return place
  })
  const padded = new Float64Array(basis.size)
  for (const [t, place] of places.entries()) padded[place] = iterate.u[t]
  const { dual, g } = space.iterate(padded)
  const changes = nrm2(iterate.g.map((value, t) => (g[places[t]] - value) / roots[t]))
  const quadrature = changes === 0 ? 0 : changes / (Math.sqrt(basis.grid / grid) - 1)
  if (problem.flux) subtractFlux(problem.flux, problem.boundary, basis)
  const frequency = Math.PI * modes
  const ofValues = basis.remainder() / Math.sqrt(1 + frequency * frequency)
  const ofFields = nrm2(problem.boundary.map((_, j) => basis.remainder(j)))
  return nrm2([dual, ABOVE_GRID * (ofValues + ofFields)]) + quadrature
}
