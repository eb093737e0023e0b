import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { random } from '@opt/core'
import { fuzz, golden } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'
import { bytes, fromBase64 } from './helpers.ts'

const file = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)))
const idx = () => Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6])
const png = () => file('pictures/truecolour-with-plte.png')
const mat = () => fromBase64(golden(import.meta.url, 'mat5.json').plain)
const table = () => 'x;y;kind\n1,5;2;a\n8;4;b\n5;6;a\n'

const limits = { maxBytes: 1e6, maxPixels: 1e6, maxCells: 1e6, maxArrays: 1e4 }
const rows = () => ({
  features: ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]),
  labels: Int32Array.of(0, 1, 0),
  targets: Float64Array.of(0.5, 1, 2),
})

/** Any bytes or text may be a file; the limits are the caller's. */
const reader = (args: () => unknown[], more: object = {}) => ({
  args,
  loose: ['0'],
  budgets: ['1.maxBytes', '1.maxPixels', '1.maxCells', '1.maxArrays', '1.features'],
  ...more,
})

/** Answers a loader with one text or file, whatever it asks for. */
const loader = (contents: () => string | Uint8Array, more: object = {}) => ({
  args: () => [
    {
      read: async () => (typeof contents() === 'string' ? bytes(contents() as string) : contents()),
      ...limits,
      ...more,
    },
  ],
  says: ['read', 'parseCsv', 'parseLibsvm', 'parseIdx'],
  budgets: Object.keys(limits).map((name) => `0.${name}`),
  loose: ['0.read'],
})
/** A loader that takes the sample of test pictures. */
const sample = (pixels: number) => ({
  args: () => [
    {
      split: 'test',
      read: async (name: string) => (name.includes('csv') ? bytes(`1${',2'.repeat(pixels)}`) : undefined),
      ...limits,
    },
  ],
  says: ['read', 'parseCsv', 'parseIdx'],
  budgets: Object.keys(limits).map((name) => `0.${name}`),
  loose: ['0.read'],
})
const sklearn = (rows: number, columns: number) => () =>
  `${rows},${columns},a,b,c\n${`${'1.5,'.repeat(columns)}1\n`.repeat(rows)}`

fuzz(api, {
  detectFormat: reader(() => [idx()]),
  parseFile: reader(
    () => [bytes(table()), { delimiter: ';', decimal: ',', header: true, missing: [''], text: ['kind'], ...limits }],
    { says: ['parseCsv', 'parseLibsvm', 'parseIdx', 'parseMat5', 'decodeImage', 'gunzip'] },
  ),
  parseCsv: reader(() => [
    table(),
    { delimiter: ';', decimal: ',', header: true, missing: [''], text: ['kind'], maxCells: 100 },
  ]),
  parseLibsvm: reader(() => ['1 1:0.5 3:2\n-1 2:1\n', { features: 3, firstIndex: 1, maxCells: 100 }]),
  libsvmLine: {
    args: () => ['1 1:0.5 3:2', { features: 3, firstIndex: 1, line: 4 }],
    loose: ['0'],
    budgets: ['1.features'],
    says: ['parseLibsvm'],
  },
  parseIdx: reader(() => [idx()]),
  idxArray: { args: () => [{ shape: [2, 1], data: Uint8Array.of(1, 2) }], open: ['0'] },
  parseMat5: reader(() => [mat(), { maxBytes: 1e6, maxArrays: 1e4 }]),
  matMatrix: {
    args: () => [{ class: 'double', shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }],
    open: ['0'],
    nonFinite: 'what the file holds',
  },
  gunzip: reader(() => [new Uint8Array(gzipSync('text')), { maxBytes: 1e6 }]),
  decodeImage: reader(() => [png(), { maxPixels: 1e6 }]),
  encodePng: {
    args: () => [{ width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
    open: ['0'],
    budgets: ['0.width', '0.height'],
  },

  standardize: {
    args: () => [
      [
        [1, 2],
        [3, 5],
      ],
      { mean: [1, 2], scale: [1, 2] },
    ],
    open: ['1'],
  },
  trainTestSplit: {
    args: () => [6, { testFraction: 0.5, rng: random(1), stratify: [0, 0, 1, 1, 0, 1] }],
    budgets: ['0'],
  },
  takeRows: { args: () => [rows(), [0, 2, 2]], nonFinite: 'what the rows hold' },
  splitRows: {
    args: () => [rows(), { testFraction: 0.5, rng: random(1), stratify: true }],
    nonFinite: 'what the rows hold',
  },
  halvePictures: {
    args: () => [{ features: ndarray(new Uint8Array(32), [2, 16]), imageShape: [4, 4] }],
    open: ['0'],
    nonFinite: 'what the rows hold',
  },
  divideFeatures: { args: () => [rows(), 2], nonFinite: 'what the rows hold' },
  shuffle: { args: () => [rows(), random(1)], nonFinite: 'what the rows hold' },
  redrawLabels: {
    args: () => [[0, 2, 1], { fraction: 0.5, rng: random(1), classes: 3 }],
  },
  oneHot: { args: () => [[0, 2, 1], 3, { maxCells: 100 }], budgets: ['1', '2.maxCells'] },

  iris: () => [],
  wine: loader(sklearn(178, 13)),
  breastCancer: loader(sklearn(569, 30)),
  digits: { skip: 'as wine' },
  diabetes: { skip: 'two files' },
  a9a: loader(() => '1 1:1 3:1\n'.repeat(16281), { split: 'test' }),
  mnist: sample(784),
  cifar10: sample(3072),
  jasperRidge: { skip: 'as wine; a small file is none of it' },
  photograph: {
    args: () => ['china', { read: async () => file('pictures/rgb-adobe-transform-0.jpg'), maxPixels: 1e6 }],
    budgets: ['1.maxPixels'],
    says: ['read', 'decodeImage'],
  },
  readFrom: { args: () => ['https://example.org/data'] },
  openData: {
    args: () => [new URL('tables', import.meta.url).pathname],
    methods: {
      list: () => [],
      bytes: () => ['year-header.csv'],
      open: { args: () => ['year-header.csv', { header: true }], says: ['parseFile', 'parseCsv'] },
    },
  },
  DataAbsentError: { skip: 'an error that takes a message' },
  ifPresent: { args: () => [Promise.resolve(1), () => {}], loose: ['0'] },
  isDataAbsent: { args: () => [new Error('no')], loose: ['0'] },
})
