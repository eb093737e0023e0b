import type { ExperimentContext, Image, Matrix, Random } from '@opt/core'
import { random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { ifPresent, jasperRidge } from '@opt/datasets'
import ndarray from 'ndarray'
import { colourMap } from '../colour-map.ts'
import { abundanceError, matchEndmembers } from '../metrics.ts'
import { whitenedStart } from '../start/whitened.ts'
import { type Method, run } from './methods.ts'

const K = 4
/** Real scenes have several corners of nearly the same volume: enough restarts find the largest. */
const START = { restarts: 500 }

/** Jasper Ridge has no ground truth here: each method is compared with its own answer before ten bands are broken. */
export async function real(context: ExperimentContext, from: number): Promise<void> {
  const { claim, table, figure, note, progress, dataFolder, seed } = context
  if (dataFolder === undefined)
    return note('Jasper Ridge: not run, for want of a data folder with jasperRidge2_R198.mat.')
  const scene = await ifPresent(jasperRidge({ folder: dataFolder }))
  if (!scene) return note('Jasper Ridge: not run, the data folder has no jasperRidge2_R198.mat.')
  const Y = ndarray(
    scene.spectra.data.map((v) => v / scene.maxValue),
    scene.spectra.shape,
  )
  const methods: Method[] = ['NMF', 'l1/2-NMF', 'l2,1', 'RRLbS']
  const seeds = [0, 1, 2]
  const found = new Map(methods.map((method) => [method, { angles: [], rmses: [], before: 0, after: [] } as Found]))
  const start = whitenedStart(Y, K, START)
  const clean = new Map(methods.map((method) => [method, run(method, Y, start)]))
  const all = Array.from({ length: Y.shape[0] }, (_, l) => l)
  for (const s of seeds) {
    await progress(from + ((1 - from) * s) / seeds.length, `Jasper Ridge, ten broken bands, draw ${s}`)
    const { broken, bad } = withBrokenBands(Y, 10, random(1000 * seed + s))
    const bands = all.filter((l) => !bad.has(l))
    const again = whitenedStart(broken, K, START)
    for (const method of methods) {
      const [before, after] = [clean.get(method)!, run(method, broken, again)]
      const { permutation, meanAngle } = matchEndmembers(after.endmembers, before.endmembers, { bands })
      const row = found.get(method)!
      row.angles.push(meanAngle)
      row.rmses.push(abundanceError(after.abundances, before.abundances, permutation))
      row.before = misfit(Y, before.endmembers, before.rawAbundances, bands)
      row.after.push(misfit(Y, after.endmembers, after.rawAbundances, bands))
    }
  }
  table({
    title:
      'Jasper Ridge, 198 bands x 10,000 pixels, 4 end-members: each method beside its own answer before ten bands were broken',
    columns: ['method', 'spectral angle', 'abundance RMSE', 'relative error of the sound bands, before', 'after'],
    rows: methods.map((method) => {
      const { angles, rmses, before, after } = found.get(method)!
      const list = (values: number[]) => values.map((v) => v.toFixed(4)).join(', ')
      return [method, list(angles), list(rmses), before.toFixed(4), list(after)]
    }),
  })
  const [ours, theirs] = [found.get('RRLbS')!.angles, found.get('NMF')!.angles]
  claim({
    claim:
      'Jasper Ridge: breaking ten bands moves the spectra of RRLbS by at most 0.03 rad, those of NMF by 3 times as much',
    paper: '',
    ours: `${Math.max(...ours).toFixed(4)} at most; NMF ${(mean(theirs) / mean(ours)).toFixed(1)} times`,
    pass: Math.max(...ours) <= 0.03 && theirs.every((v, i) => v >= 3 * ours[i]),
  })
  // MATLAB lists pixels by columns.
  const { abundances } = clean.get('RRLbS')!
  const picture = colourMap(abundances, { rows: scene.height, columns: scene.width, order: 'columns' })
  const image: Image = { ...picture, label: 'Jasper Ridge, four end-members' }
  figure({
    kind: 'images',
    title: 'Abundances as colours',
    caption: 'One colour an end-member, mixed in proportion.',
    images: [image],
  })
  note('No end-member or abundance truth is at hand for Jasper Ridge, so no error against it is given.')
}

interface Found {
  angles: number[]
  rmses: number[]
  before: number
  after: number[]
}

function withBrokenBands(Y: Matrix, count: number, rng: Random): { broken: Matrix; bad: Set<number> } {
  const [bands, pixels] = Y.shape
  const bad = new Set(rng.choice(bands, count))
  const data = Y.data.map((v, i) => (bad.has(Math.floor(i / pixels)) ? Math.max(0, v + rng.normal()) : v))
  return { broken: ndarray(data, Y.shape), bad }
}

/** |Y - M A| / |Y| over some bands. */
function misfit(Y: Matrix, M: Matrix, A: Matrix, bands: readonly number[]): number {
  const pixels = Y.shape[1]
  let [error, power] = [0, 0]
  for (const l of bands)
    for (let n = 0; n < pixels; n++) {
      let e = Y.data[l * pixels + n]
      power += e * e
      for (let k = 0; k < K; k++) e -= M.data[l * K + k] * A.data[k * pixels + n]
      error += e * e
    }
  return Math.sqrt(error / power)
}
