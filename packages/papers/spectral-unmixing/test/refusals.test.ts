import * as api from '../src/index.ts'

const Y = [
  [1, 2, 3],
  [3, 2, 1],
]
const cases: [() => unknown, string][] = [
  [
    () =>
      api.unmix(
        [
          [1, -2],
          [3, 4],
        ],
        2,
      ),
    'unmix: Y[0][1] must be nonnegative, got -2',
  ],
  [
    () =>
      api.unmix(
        [
          [1, Number.NaN],
          [3, 4],
        ],
        2,
      ),
    'unmix: Y[0][1] must be a finite number, got NaN',
  ],
  [() => api.unmix([[1, 2], [3]], 2), 'unmix: Y[1] must be of length 2 like the first row, got length 1'],
  [
    () =>
      api.unmix(
        [
          [0, 0],
          [0, 0],
        ],
        2,
      ),
    'unmix: Y must be positive somewhere, got no positive entry',
  ],
  [() => api.unmix(Y, 3), 'unmix: endmembers must be an integer between 1 and 2, got 3'],
  [() => api.unmix(Y, 1.5), 'unmix: endmembers must be an integer'],
  [() => api.unmix(Y, 2, { sparsity: -1 }), 'unmix: sparsity must be'],
  [() => api.unmix(Y, 2, { sumToOne: -1 }), 'unmix: sumToOne must be'],
  [() => api.unmix(Y, 2, { loss: 'l1' as 'l21' }), 'unmix: loss must be'],
  [() => api.unmix(Y, 2, { guidance: { kind: 'constant', h: 1 } }), 'h must be below 1, got 1'],
  [
    () => api.unmix(Y, 1, { guidance: api.hoyer() }),
    'unmix: endmembers must be at least 2 with the guidance hoyer, got 1',
  ],
  [
    () => api.unmix(Y, 2, { guidance: api.data({ rows: 2, columns: 2 }) }),
    'unmix: guidance must be of 3 pixels, got 2 rows of 2',
  ],
  [() => api.unmix(Y, 2, { initial: 'random' as 'vca' }), 'unmix: initial must be'],
  [
    () => api.unmix(Y, 2, { initial: { endmembers: [[1], [2]], abundances: [[1, 1, 1]] } }),
    'unmix: initial.endmembers must be of shape [2, 2], got shape [2, 1]',
  ],
  [() => api.unmix(Y, 2, { lambda: 3 } as object), 'lambda'],
  [() => api.unmix(Y, 2, { restarts: 0 }), 'unmix: restarts must be'],
  [() => api.fcls(Y, [[1, 2, 3]]), 'fcls: endmembers must be of shape [2, 3], got shape [1, 3]'],
  [() => api.vca(Y, 2, { draws: [[1]] }), 'vca: draws must be of shape [2, 2], got shape [1, 1]'],
  [() => api.constant(1), 'constant: h must be below 1, got 1'],
  [() => api.learned({ mu: 0 }), 'learned: mu must be a positive number, got 0'],
  [() => api.hoyer({ hmax: -0.1 }), 'hoyer: hmax must be'],
  [() => api.data({ rows: 0, columns: 3 }), 'data: rows must be'],
  [() => api.hoyerSparsity([[1, 2]]), 'hoyerSparsity: abundances must be of at least 2 rows, got 1'],
  [
    () =>
      api.matchEndmembers(Y, [
        [0, 1, 1],
        [0, 2, 3],
      ]),
    'matchEndmembers: truth, column 0 must be a spectrum other than zero',
  ],
  [() => api.matchEndmembers(Y, Y, { bands: [2] }), 'matchEndmembers: bands[0] must be'],
  [() => api.abundanceError(Y, Y, [0, 0]), 'abundanceError: permutation[1] must be'],
  [() => api.colourMap(Y, { rows: 2, columns: 2 }), 'colourMap: abundances must be of 2 x 2 pixels, got 3'],
  [() => api.scene({ kind: 'plain' as 'mixed' }), 'scene: kind must be'],
  [() => api.scene({ badBands: 101 }), 'scene: badBands must be'],
]

test.each(cases)('%s', (call, message) => {
  expect(call).toThrow(message)
})
