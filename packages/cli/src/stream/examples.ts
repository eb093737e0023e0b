import { type LibsvmExample, libsvmLine } from '@opt/datasets'
import { Problem, withoutFunction } from '../problem.ts'
import type { Settings } from './learners.ts'

/**
 * Reads an example out of a line: indices count from 0, the label is -1 or +1. Undefined for an empty line or a comment.
 *
 * @throws Problem naming the line, and the option when one would help.
 */
export function exampleOf(
  text: string,
  line: number,
  { features, positive, firstIndex }: Pick<Settings, 'features' | 'positive' | 'firstIndex'>,
): LibsvmExample | undefined {
  const example = parsed(text, line)
  if (!example) return undefined
  const { indices, label } = example
  if (indices[0] === 0 && firstIndex === 1)
    throw new Problem(`line ${line}: index 0, but indices count from 1; --first-index 0 is for files that count from 0`)
  const last = indices.at(-1) ?? 0
  if (last - firstIndex >= features)
    throw new Problem(
      `line ${line}: expected an index of at most ${features - 1 + firstIndex} (there are ${features} features), found ${last}`,
    )
  if (firstIndex === 1) for (let k = 0; k < indices.length; k++) indices[k]!--
  if (positive !== undefined) return { ...example, label: label === positive ? 1 : -1 }
  if (label !== -1 && label !== 0 && label !== 1)
    throw new Problem(
      `line ${line}: label must be -1, 0 or +1, got ${label}; --positive <label> says which of two others is the positive one`,
    )
  return { ...example, label: label > 0 ? 1 : -1 }
}

function parsed(text: string, line: number): LibsvmExample | undefined {
  try {
    return libsvmLine(text, { firstIndex: 0, line })
  } catch (error) {
    const csv = /^[^\s:]*[,;]/.test(text) ? ' (a line is "label index:value ..."; tables of commas are not read)' : ''
    throw new Problem(withoutFunction(error) + csv)
  }
}
