import type { Demo } from '@opt/core'
import { CANVAS, digitCode, nine, runDigit } from './digit.ts'
import { pointsCode, runPoints } from './points.ts'

const SUBJECTS = ['points', 'a digit of yours']

const demo: Demo = {
  title: 'Points and pictures that may be changed',
  intro:
    'An attack may move each point within its square; black points can be turned. Ordinary training leans on the small difference in height between blue and orange, which every attack can undo; robust training parts them from left to right. AT neglects the rare green class; weights (larger dots) and more epochs help it. Or draw a digit: an attack changes each pixel by at most epsilon, away from what the network takes it for. Both networks saw few eights and nines.',
  controls: [
    { kind: 'choice', name: 'subject', label: 'what is attacked', options: SUBJECTS, value: SUBJECTS[0] },
    {
      kind: 'range',
      name: 'epsilon',
      label: 'epsilon: how far a point or a pixel may be moved',
      min: 0.02,
      max: 0.15,
      step: 0.01,
      value: 0.08,
    },
    {
      kind: 'range',
      name: 'r',
      label: 'points, r: small moves weight to the hard ones',
      min: 0.1,
      max: 10,
      log: true,
      value: 0.5,
    },
    { kind: 'toggle', name: 'weights', label: 'points: KL weights', value: true },
    { kind: 'toggle', name: 'bilevel', label: 'points: gradient that follows the attack', value: true },
    { kind: 'range', name: 'epochs', label: 'points: epochs', min: 20, max: 200, step: 20, value: 80 },
    { kind: 'pixels', name: 'drawing', label: 'your digit', width: CANVAS, height: CANVAS, value: nine() },
  ],
  *run(values) {
    yield* values.subject === SUBJECTS[0] ? runPoints(values) : runDigit(values)
  },
  code: (values) => (values.subject === SUBJECTS[0] ? pointsCode(values) : digitCode(values)),
}
export default demo
