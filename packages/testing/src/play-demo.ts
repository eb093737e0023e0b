interface Playable<Values, Frame> {
  controls: readonly { name: string; value: unknown }[]
  run(values: Values): Iterable<Frame>
  code(values: Values): string
}

/**
 * Runs a demo to its end, with its controls as they are at first but for `changes`.
 *
 * @returns the settings, all frames, and the last one.
 * @throws Error when it shows nothing, a control of that name is missing, a series has unlike numbers of x and y,
 * or one that is not finite.
 */
export function playDemo<Values extends object, Frame extends { figures: readonly object[] }>(
  demo: Playable<Values, Frame>,
  changes: Partial<NoInfer<Values>> = {},
): { values: Values; frames: Frame[]; last: Frame } {
  const values = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as Values
  for (const name of Object.keys(changes)) if (!(name in values)) throw new Error(`the demo has no control ${name}`)
  Object.assign(values, changes)
  const frames: Frame[] = []
  for (const frame of demo.run(values)) {
    // Now, as the page draws it: the demo may go on in the same arrays.
    for (const figure of frame.figures) checkFigure(figure, `frame ${frames.length}`)
    frames.push(frame)
  }
  if (frames.length === 0) throw new Error('the demo shows nothing')
  return { values, frames, last: frames[frames.length - 1]! }
}

function checkFigure(figure: { title?: string; series?: object[] }, frame: string): void {
  for (const series of figure.series ?? []) {
    const { label, x, y } = series as { label?: string; x?: ArrayLike<unknown>; y?: ArrayLike<unknown> }
    const where = `${frame}, ${figure.title}, ${label}`
    if (x && y && x.length !== y.length) throw new Error(`${where}: ${x.length} x and ${y.length} y`)
    for (const value of [...Array.from(x ?? []), ...Array.from(y ?? [])])
      if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${where}: ${value}`)
  }
}
