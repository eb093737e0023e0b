import { playDemo } from '../src/index.ts'

const demo = (y: (n: number) => number[], frames = 2) => ({
  controls: [{ name: 'n', value: 3 }],
  *run({ n }: Record<string, number>) {
    for (let k = 1; k <= frames; k++)
      yield { figures: [{ title: 'Curve', series: [{ label: 'y', x: [1, 2, 3], y: y(n) }] }], progress: k / frames }
  },
  code: ({ n }: Record<string, number>) => `f(${n})`,
})

test('plays a demo with its first settings, or others', () => {
  const { values, frames, last } = playDemo(demo((n) => [n, n, n]))
  expect([values, frames.length, last.progress]).toEqual([{ n: 3 }, 2, 1])
  expect(
    playDemo(
      demo((n) => [n, n, n]),
      { n: 5 },
    ).last.figures[0].series[0].y,
  ).toEqual([5, 5, 5])
})

test('refuses what a page cannot draw', () => {
  expect(() => playDemo(demo(() => [1, 2]))).toThrow('frame 0, Curve, y: 3 x and 2 y')
  expect(() =>
    playDemo(
      demo((n) => [1, n, 2]),
      { n: NaN },
    ),
  ).toThrow('frame 0, Curve, y: NaN')
  expect(() => playDemo(demo(() => [1, 2, 3], 0))).toThrow('the demo shows nothing')
  expect(() =>
    playDemo(
      demo(() => [1, 2, 3]),
      { m: 1 },
    ),
  ).toThrow('the demo has no control m')
})
