import { type ControlValues, type Demo, type Figure, type Frame, type Image, random } from '@opt/core'
import { colourMap, matchEndmembers, scene, type Unmixed, unmix, whitenedStart } from '@opt/spectral-unmixing'
import ndarray from 'ndarray'

const K = 4
const STEPS = 90
const PER_FRAME = 6

function* run(values: ControlValues): Generator<Frame, void, void> {
  const drawn = scene({
    kind: values.mixed ? 'mixed' : 'blocks',
    size: 6,
    bands: 60,
    endmembers: K,
    badBands: values.bad as number,
    badScale: values.noise as number,
    random: random(values.seed as number),
  })
  const { Y, M, A, badBands, rows, columns } = drawn
  const bands = Array.from({ length: 60 }, (_, l) => l).filter((l) => !badBands.includes(l))
  const found = whitenedStart(Y, K)
  const initial = {
    endmembers: found.endmembers,
    abundances: ndarray(
      found.abundances.data.map((v) => 0.999 * v + 0.001 / K),
      found.abundances.shape,
    ),
  }
  const paint = (label: string, abundances: Unmixed['abundances'], order: number[]): Image => {
    const [, pixels] = abundances.shape
    const sorted = Float64Array.from(
      { length: K * pixels },
      (_, i) => abundances.data[order[Math.floor(i / pixels)] * pixels + (i % pixels)],
    )
    return { ...colourMap(ndarray(sorted, [K, pixels]), { rows, columns }), label }
  }
  const options = { tolerance: 0, history: false, maxIterations: PER_FRAME }
  let robust = unmix(Y, K, { initial, ...options })
  let plain = unmix(Y, K, { initial, loss: 'frobenius', ...options })
  for (let step = PER_FRAME; step <= STEPS; step += PER_FRAME) {
    const [ours, theirs] = [robust, plain].map((answer) => matchEndmembers(answer.endmembers, M, { bands }))
    const map = robust.guidance.map((h) => (255 * h) / 0.9)
    const figures: Figure[] = [
      {
        kind: 'images',
        title: 'Four materials, a colour each',
        images: [
          paint('truth', A, [0, 1, 2, 3]),
          paint('l2,1 loss', robust.abundances, ours.permutation),
          paint('Frobenius loss', plain.abundances, theirs.permutation),
          ...(values.map
            ? [{ width: columns, height: rows, channels: 1 as const, data: map, label: 'guidance map' }]
            : []),
        ],
      },
      {
        kind: 'bar',
        title: 'Weights of the bands',
        caption: 'Broken bands vanish.',
        x: { label: 'band' },
        y: { label: 'weight' },
        series: [{ label: 'weight', x: Array.from(robust.bandWeights, (_, l) => String(l)), y: robust.bandWeights }],
      },
      {
        kind: 'line',
        title: 'Spectra of the l2,1 loss, and the true ones dashed',
        x: { label: 'band' },
        y: { label: 'reflectance' },
        series: Array.from({ length: 2 * K }, (_, i) => {
          const [k, dashed] = [i % K, i >= K]
          const column = dashed ? k : ours.permutation[k]
          const source = dashed ? M : robust.endmembers
          return {
            label: dashed ? `true ${k + 1}` : `material ${k + 1}`,
            dashed,
            x: Array.from({ length: 60 }, (_, l) => l),
            y: Array.from({ length: 60 }, (_, l) => source.data[l * K + column]),
          }
        }),
      },
    ]
    yield {
      figures,
      readout: [
        ['iteration', String(step)],
        ['angle of the spectra, l2,1', `${ours.meanAngle.toFixed(4)} rad`],
        ['Frobenius', `${theirs.meanAngle.toFixed(4)} rad`],
        ['broken bands', badBands.length === 0 ? 'none' : Array.from(badBands).join(', ')],
        ['found', robust.badBands.length === 0 ? 'none' : robust.badBands.join(', ')],
      ],
      progress: step / STEPS,
    }
    if (step === STEPS) return
    robust = unmix(Y, K, { resume: robust.state, ...options })
    plain = unmix(Y, K, { resume: plain.state, ...options })
  }
}

const demo: Demo = {
  title: 'What is in each pixel',
  intro:
    'Break more bands of the image: the map on the right falls apart, the one beside it stays. The bars show how the method found the broken bands by itself.',
  controls: [
    { kind: 'range', name: 'bad', label: 'broken bands of 60', min: 0, max: 20, step: 1, value: 6 },
    { kind: 'range', name: 'noise', label: 'noise in them', min: 0.1, max: 2, log: true, value: 1 },
    { kind: 'toggle', name: 'mixed', label: 'random mixtures below', value: false },
    { kind: 'toggle', name: 'map', label: 'show the guidance map', value: false },
    { kind: 'range', name: 'seed', label: 'scene', min: 0, max: 20, step: 1, value: 1 },
  ],
  run,
  code: ({ bad, noise, mixed, seed }) => `import { matchEndmembers, scene, unmix } from '@opt/spectral-unmixing'

const { Y, M, badBands } = scene({
  kind: '${mixed ? 'mixed' : 'blocks'}', size: 6, bands: 60, badBands: ${bad}, badScale: ${noise}, random: ${seed},
})
for (const loss of ['l21', 'frobenius']) {
  const answer = unmix(Y, 4, { loss, maxIterations: ${STEPS} })
  console.log(loss, matchEndmembers(answer.endmembers, M).meanAngle.toFixed(4), 'rad;', answer.badBands.join(' '))
}
console.log('broken', [...badBands].join(' '))
`,
}
export default demo
