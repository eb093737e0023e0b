/**
 * Five small real data sets, each in a module of its own that is loaded when it is asked for.
 *
 * @packageDocumentation
 */

import { oneOf } from '@opt/core'
import { type Packed, unpack } from './unpack.ts'

/** A table of features with a class for each row. */
export interface ClassTable {
  /** [rows, columns] of the features. */
  shape: [number, number]
  /** Row-major: feature j of row i is `features[i * shape[1] + j]`. */
  features: Float64Array
  /** Row i is of class `classNames[labels[i]]`. */
  labels: Int32Array
  featureNames: string[]
  classNames: string[]
}

/** A table of features with a number to predict for each row. */
export interface TargetTable {
  /** [rows, columns] of the features. */
  shape: [number, number]
  /** Row-major: feature j of row i is `features[i * shape[1] + j]`. */
  features: Float64Array
  targets: Float64Array
  featureNames: string[]
}

/** What {@link loadTable} gives for each name. */
export interface Tables {
  /** UCI breast cancer, Wisconsin (diagnostic): 569 tumours, 30 measurements, malignant 0 or benign 1. */
  breastCancer: ClassTable
  /** Diabetes progression after a year: 442 patients, ten measurements in their own units. */
  diabetes: TargetTable
  /** UCI optical digits, test part: 1,797 pictures of 8 x 8 pixels, 0..16. */
  digits: ClassTable
  /** Fisher's iris flowers: 150 flowers of three species, four lengths in cm. */
  iris: ClassTable
  /** UCI wine: 178 wines of three growers, 13 chemical measurements. */
  wine: ClassTable
}

export type TableName = keyof Tables

const MODULES: Record<TableName, () => Promise<{ packed: Packed }>> = {
  breastCancer: () => import('./packed/breast-cancer.ts'),
  diabetes: () => import('./packed/diabetes.ts'),
  digits: () => import('./packed/digits.ts'),
  iris: () => import('./packed/iris.ts'),
  wine: () => import('./packed/wine.ts'),
}

const NAMES = Object.keys(MODULES) as TableName[]

/**
 * Loads a table: the same values, to the bit, as the file of its source. Every call returns new arrays.
 *
 * @throws RangeError when there is no table of that name.
 */
export async function loadTable<Name extends TableName>(name: Name): Promise<Tables[Name]> {
  const { packed } = await MODULES[oneOf(name, 'loadTable: name', NAMES)]()
  const { features, last } = unpack(packed)
  const shape: [number, number] = [packed.rows, packed.featureNames.length]
  const featureNames = [...packed.featureNames]
  const table: ClassTable | TargetTable =
    packed.classNames.length > 0
      ? { shape, features, labels: Int32Array.from(last), featureNames, classNames: [...packed.classNames] }
      : { shape, features, targets: last, featureNames }
  return table as Tables[Name]
}
