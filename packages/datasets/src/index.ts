/**
 * Real data for learning and optimisation.
 *
 * @packageDocumentation
 */

export type { Bytes } from './bytes.ts'
export { type CsvOptions, type CsvTable, parseCsv } from './csv.ts'
export type { Category } from './csv-words.ts'
export { type Contents, detectFormat, type FileOptions, type Format, parseFile } from './formats.ts'
export { gunzip } from './gzip.ts'
export { type Idx, type IdxData, idxArray, parseIdx } from './idx.ts'
export { decodeImage, encodePng, type Picture, type PictureLike } from './image.ts'
export { type Libsvm, type LibsvmExample, type LibsvmOptions, libsvmLine, parseLibsvm } from './libsvm.ts'
export type { Limits } from './limits.ts'
export { matMatrix, parseMat5 } from './mat5.ts'
export type {
  MatArray,
  MatCell,
  MatClass,
  MatData,
  MatNumbers,
  MatOpaque,
  MatSparse,
  MatStruct,
  MatText,
} from './mat5-types.ts'
export { cifar10, mnist, type PictureSet, type SplitOptions } from './pictures.ts'
export { oneHot } from './prepare/one-hot.ts'
export { divideFeatures, type Rows, shuffle, takeRows } from './prepare/rows.ts'
export { type SplitRule, splitRows, trainTestSplit } from './prepare/split.ts'
export { type Scaling, standardize } from './prepare/standardize.ts'
export { type Hyperspectral, jasperRidge, photograph } from './scenes.ts'
export {
  DataAbsentError,
  type DataFolder,
  type DataOptions,
  isDataAbsent,
  openData,
  type ReadFile,
  readFrom,
} from './source.ts'
export {
  a9a,
  breastCancer,
  type Classification,
  diabetes,
  digits,
  iris,
  type Regression,
  type SparseClassification,
  wine,
} from './tables.ts'
