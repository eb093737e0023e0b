/**
 * Real data for learning and optimisation.
 *
 * @packageDocumentation
 */

export { parseCsv } from './csv/csv.ts'
export type { CsvOptions } from './csv/options.ts'
export type { Category, CsvTable } from './csv/table.ts'
export { type Contents, detectFormat, type FileOptions, type Format, parseFile } from './formats.ts'
export { type Idx, type IdxData, idxArray, parseIdx } from './idx.ts'
export { decodeImage, encodePng } from './images/image.ts'
export type { Picture, PictureLike } from './images/picture.ts'
export type { Bytes } from './input/bytes.ts'
export { gunzip } from './input/gzip.ts'
export type { Limits } from './input/limits.ts'
export { type Libsvm, type LibsvmExample, type LibsvmOptions, libsvmLine, parseLibsvm } from './libsvm/libsvm.ts'
export { matMatrix, parseMat5 } from './matlab/mat5.ts'
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
} from './matlab/types.ts'
export { halvePictures } from './prepare/halve-pictures.ts'
export { oneHot } from './prepare/one-hot.ts'
export { type RedrawnLabels, redrawLabels } from './prepare/redraw-labels.ts'
export { divideFeatures, type Rows, shuffle, takeRows } from './prepare/rows.ts'
export { type SplitRule, splitRows, trainTestSplit } from './prepare/split.ts'
export { type Scaling, standardize } from './prepare/standardize.ts'
export { type DataFolder, openData } from './sets/folder.ts'
export { cifar10, mnist, type PictureSet, type SplitOptions } from './sets/pictures.ts'
export { type ReadFile, readFrom } from './sets/read-file.ts'
export { type Hyperspectral, jasperRidge, photograph } from './sets/scenes.ts'
export { DataAbsentError, type DataOptions, ifPresent, isDataAbsent } from './sets/source.ts'
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
} from './sets/tables.ts'
