import type { TrainJob } from '../seeds.ts'

/** A row of the tables. */
export interface Row {
  name: string
  options: Omit<TrainJob['options'], 'epsilon'>
  /** A prototype in torch: clean, RA and tail under PGD, RA and tail under the strong attack. */
  prototype: string
}

/** Digits, imbalanced: the settings of the prototype. */
export const DIGITS: readonly Row[] = [
  { name: 'AT', options: { method: 'at' }, prototype: '.905, .651 .379, .643 .363' },
  {
    name: 'DONE',
    options: { method: 'done', r: 1, maxWeight: 5, c: 1e-3 },
    prototype: '.923, .664 .407, .652 .387',
  },
  { name: 'GAIRAT', options: { method: 'gairat' }, prototype: '.927, .638 .418, .612 .379' },
  { name: 'MAIL (untuned)', options: { method: 'mail' }, prototype: '.912, .609 .364, .579 .321' },
  { name: 'MART (untuned)', options: { method: 'mart' }, prototype: 'none' },
  { name: 'DRO-AT', options: { method: 'dro-at', r: 1, maxWeight: 5 }, prototype: '.922, .664 .400, .654 .385' },
  { name: 'bilevel AT', options: { method: 'bilevel-at', c: 2e-3 }, prototype: '.910, .645 .381, .635 .363' },
]

/** MNIST of 14 x 14 pixels, imbalanced. */
export const MNIST: readonly Row[] = [
  { name: 'AT', options: { method: 'at' }, prototype: '.779, .521 .138, .499 .110' },
  {
    name: 'DONE',
    options: { method: 'done', r: 2, maxWeight: Infinity, c: 2e-3 },
    prototype: '.856, .548 .189, .515 .147',
  },
  { name: 'GAIRAT', options: { method: 'gairat' }, prototype: '.857, .537 .265, .434 .137' },
  { name: 'bilevel AT', options: { method: 'bilevel-at', c: 2e-3 }, prototype: '.835, .540 .178, .512 .143' },
  {
    name: 'bilevel AT without the implicit term',
    options: { method: 'bilevel-at', c: 2e-3, implicit: false },
    prototype: 'of 8,100 rows: .901, .569 .239, .545 .206',
  },
  { name: 'DRO-AT', options: { method: 'dro-at', r: 2, maxWeight: Infinity }, prototype: 'none' },
  { name: 'MAIL (untuned)', options: { method: 'mail' }, prototype: 'of 8,100 rows: .865, .568 .261, .481 .156' },
  { name: 'MART (untuned)', options: { method: 'mart' }, prototype: 'of 8,100 rows: .760, .568 .152, .540 .117' },
]
