import { type LibsvmExample, libsvmLine } from '@opt/datasets'
import type { ExampleReader } from '@opt/datasets/node'
import { Problem, withoutFunction } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import type { Settings } from './settings.ts'

type Rule = Pick<Settings, 'features' | 'positive' | 'firstIndex'>

/**
 * Reads an example of two classes out of a line.
 *
 * @returns indices from 0, and -1 or +1 as the label; undefined for a line without an example.
 * @throws Problem naming the line, and the option when one would help.
 */
export function exampleOf(text: string, line: number, reader: ExampleReader, rule: Rule): LibsvmExample | undefined {
  const example = reader.format === 'csv' ? inLine(() => reader.read(text, line)) : libsvmExample(text, line, rule)
  return example && { ...example, label: classOf(example.label, line, rule) }
}

function classOf(label: number | string, line: number, { positive }: Rule): 1 | -1 {
  if (positive !== undefined) return label === positive ? 1 : -1
  if (label !== -1 && label !== 0 && label !== 1)
    throw new Problem(
      `line ${line}: label must be -1, 0 or +1, got ${nameable(label)}; --positive <label> says which of two others is the positive one`,
    )
  return label > 0 ? 1 : -1
}

function libsvmExample(text: string, line: number, { features, firstIndex }: Rule): LibsvmExample | undefined {
  const example = inLine(() => libsvmLine(text, { firstIndex: 0, line }))
  if (!example) return undefined
  const { indices } = example
  if (indices[0] === 0 && firstIndex === 1)
    throw new Problem(`line ${line}: index 0, but indices count from 1; --first-index 0 is for files that count from 0`)
  const last = indices.at(-1) ?? 0
  if (last - firstIndex >= features)
    throw new Problem(
      `line ${line}: expected an index of at most ${features - 1 + firstIndex} (there are ${features} features), found ${last}`,
    )
  if (firstIndex === 1) for (let k = 0; k < indices.length; k++) indices[k]!--
  return example
}

function inLine<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Problem(withoutFunction(error))
  }
}
