import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const picture = (width: number, height: number, shift: number) => ({
      width,
      height,
      channels: 3 as const,
      data: Uint8Array.from({ length: 3 * width * height }, (_, k) => rng.integer(0, 150) + (k % 3) * shift),
    })
    const [content, style] = [picture(12, 9, 50), picture(7, 8, 10)]
    say(api.transferColors(content, style, { samples: 40, seed: 3 }))
    say(api.fitColorTransfer(content, style, { samples: 40, strength: 0.5, seed: 3 }).apply(style))
  })
  expect(bits).toBe('d2d417ebf2f0eee4')
})
