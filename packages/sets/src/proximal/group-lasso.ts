import { number, refuse, show, type VectorLike, vector } from '@opt/core'
import { length } from '../linear/vectors.ts'
import { shorten } from './norms.ts'
import { type ProximalTerm, term, weightOf } from './term.ts'

/**
 * weight sum ||x_g|| over disjoint groups g of entries (Yuan and Lin, 2006, with equal weights);
 * its proximal operator shortens each group by step weight, to zero if it is no longer than that.
 * Entries outside all groups are not penalised.
 *
 * @param groups the indices of each group.
 * @throws RangeError or TypeError when a group is empty, an index is no nonnegative integer or
 * stands in two groups, or the weight is negative.
 */
export function groupLasso(groups: readonly VectorLike[], weight = 1): ProximalTerm {
  if (!Array.isArray(groups)) refuse('groupLasso: groups', 'an array of arrays of indices', show(groups), 'type')
  weightOf(weight, 'groupLasso')
  const seen = new Set<number>()
  const indices = Array.from(groups, (group: VectorLike, k) =>
    Int32Array.from(vector(group, `groupLasso: groups[${k}]`), (index, j) => {
      const label = `groupLasso: groups[${k}][${j}]`
      number(index, label, { integer: true, min: 0, max: 2147483646 })
      if (seen.has(index)) refuse(label, 'in one group only', `${index} again`)
      seen.add(index)
      return index
    }),
  )
  const least = indices.reduce((most, group) => group.reduce((top, i) => Math.max(top, i + 1), most), 0)
  const blocks = indices.map((group) => new Float64Array(group.length))
  const read = (x: Float64Array, k: number) => {
    const block = blocks[k]
    for (let j = 0; j < block.length; j++) block[j] = x[indices[k][j]]
    return block
  }
  return term('groupLasso', {
    check(size, label) {
      if (size < least) refuse(label, `of at least ${least} entries`, `length ${size}`)
    },
    value: (x) => indices.reduce((sum, _, k) => sum + weight * length(read(x, k)), 0),
    proxInPlace(x, step) {
      for (let k = 0; k < blocks.length; k++) {
        const block = read(x, k)
        shorten(block, step * weight)
        for (let j = 0; j < block.length; j++) x[indices[k][j]] = block[j]
      }
    },
  })
}
