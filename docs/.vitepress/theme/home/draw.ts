import type { Leg } from './worker.ts'

const TRAIL = 0.16

/** Draws the points at a fraction t of their way, with a short trail while they move. */
export function drawCloud(canvas: HTMLCanvasElement, { start, end }: Leg, t: number, hues: Float64Array): void {
  const context = canvas.getContext('2d')!
  const side = Math.round(canvas.clientWidth * devicePixelRatio)
  if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side
  const dark = document.documentElement.classList.contains('dark')
  context.clearRect(0, 0, side, side)
  const radius = side / 170
  const moving = t > 0 && t < 1
  const behind = Math.max(0, t - TRAIL)
  for (let i = 0; i < hues.length; i++) {
    const along = (share: number, axis: number) =>
      side * (start[2 * i + axis]! * (1 - share) + end[2 * i + axis]! * share)
    // From teal over blue to rose, by the point's first place.
    const hue = 170 + 170 * Math.min(1, Math.max(0, (hues[i]! - 0.2) / 0.6))
    const colour = `hsl(${hue} ${dark ? 75 : 65}% ${dark ? 66 : 42}%)`
    if (moving) {
      context.strokeStyle = colour
      context.globalAlpha = 0.25
      context.lineWidth = radius
      context.beginPath()
      context.moveTo(along(behind, 0), along(behind, 1))
      context.lineTo(along(t, 0), along(t, 1))
      context.stroke()
    }
    context.globalAlpha = 0.9
    context.fillStyle = colour
    context.beginPath()
    context.arc(along(t, 0), along(t, 1), radius, 0, 2 * Math.PI)
    context.fill()
  }
}
