// Runs a demo beside the page: computes one frame, which the page draws before it asks for the next.

import { demos } from 'virtual:demos'
import type { ControlValues, Demo, Frame } from '@opt/core'

export type Ask =
  | { kind: 'open'; name: string }
  | { kind: 'code'; values: ControlValues }
  | { kind: 'run'; run: number; values: ControlValues }
  | { kind: 'next'; run: number }

export type Said =
  | { kind: 'opened' }
  | { kind: 'code'; text: string }
  | { kind: 'frame'; run: number; frame: Frame }
  | { kind: 'done'; run: number }
  | { kind: 'failed'; message: string }

let demo: Demo | undefined
let current: { run: number; frames: Generator<Frame, void, void> } | undefined
const say = (said: Said) => self.postMessage(said)

/** Computes the next frame. */
function advance() {
  const { run, frames } = current!
  const { value, done } = frames.next()
  if (done) say({ kind: 'done', run })
  else say({ kind: 'frame', run, frame: value })
}

async function answer(ask: Ask): Promise<void> {
  if (ask.kind === 'open') {
    const load = demos[ask.name]
    if (!load) throw new Error(`there is no demo of ${ask.name}`)
    demo = (await load()).default
    say({ kind: 'opened' })
  } else if (ask.kind === 'code') {
    say({ kind: 'code', text: demo!.code(ask.values) })
  } else if (ask.kind === 'run') {
    current?.frames.return()
    current = { run: ask.run, frames: demo!.run(ask.values) }
    advance()
  } else if (current?.run === ask.run) {
    advance()
  }
}

let queue = Promise.resolve()
self.onmessage = ({ data }: MessageEvent<Ask>) => {
  queue = queue
    .then(() => answer(data))
    .catch((error: unknown) => say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }))
}
