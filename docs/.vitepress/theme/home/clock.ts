/** Calls `draw` before each repaint while it runs, with a time that stops with it. */
export function clock(draw: (now: number) => void): { run(wanted: boolean): void } {
  let request = 0
  let elapsed = 0
  let last = 0
  const tick = (now: number) => {
    if (last > 0) elapsed += Math.min(100, now - last)
    last = now
    draw(elapsed)
    request = requestAnimationFrame(tick)
  }
  return {
    run(wanted) {
      if (wanted === request > 0) return
      if (wanted) request = requestAnimationFrame(tick)
      else cancelAnimationFrame(request)
      if (!wanted) request = 0
      last = 0
    },
  }
}
