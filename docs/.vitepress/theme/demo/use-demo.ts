// The state of a demo in a page, and its commands: run, stop, reset.
import type { ControlValues, Frame } from '@opt/core'
import { onBeforeUnmount, type Ref, ref, type ShallowRef, shallowRef } from 'vue'
import type { DemoStart } from '../../demo-start.ts'
import type { Ask, Said } from './worker.ts'

export interface LiveDemo {
  values: Ref<ControlValues>
  /** That of the start until the demo has computed one. */
  frame: ShallowRef<Frame>
  state: Ref<'idle' | 'loading' | 'running' | 'done' | 'stopped' | 'failed'>
  /** The number of frames shown in this run. */
  frames: Ref<number>
  code: Ref<string>
  error: Ref<string>
  open(): void
  run(): void
  stop(): void
  reset(): void
  change(name: string, value: ControlValues[string]): void
}

/** Milliseconds that a worker has to finish its step before another worker replaces it. */
const PATIENCE = 400

export function useDemo(name: string, start: DemoStart): LiveDemo {
  const initial = (): ControlValues => {
    const { controls } = JSON.parse(JSON.stringify(start)) as DemoStart
    return Object.fromEntries(controls.map(({ name, value }) => [name, value]))
  }
  const values = ref(initial())
  const frame = shallowRef(start.frame)
  const state = ref<LiveDemo['state']['value']>('idle')
  const frames = ref(0)
  const code = ref('')
  const error = ref('')
  let worker: Worker | undefined
  let loaded = false
  let run = 0
  let busy = false
  let change: ReturnType<typeof setTimeout> | undefined
  let impatience: ReturnType<typeof setTimeout> | undefined

  const plain = () => JSON.parse(JSON.stringify(values.value)) as ControlValues
  const ask = (message: Ask) => worker?.postMessage(message)

  function close() {
    worker?.terminate()
    worker = undefined
    busy = false
  }

  function fail(message: string) {
    if (!loaded) close()
    state.value = 'failed'
    error.value = message
    busy = false
  }

  function hear(said: Said) {
    if (said.kind === 'opened') {
      const first = !loaded
      loaded = true
      if (first || state.value === 'running') begin()
    } else if (said.kind === 'code') {
      code.value = said.text
    } else if (said.kind === 'failed') {
      fail(said.message)
    } else {
      busy = false
      clearTimeout(impatience)
      if (said.run !== run || state.value !== 'running') return
      if (said.kind === 'done') {
        state.value = 'done'
        return
      }
      frame.value = said.frame
      frames.value++
      // A hidden page gets no animation frames, so the run waits.
      requestAnimationFrame(() => {
        if (said.run !== run || state.value !== 'running') return
        busy = true
        ask({ kind: 'next', run })
      })
    }
  }

  function open() {
    if (worker) return
    if (!loaded) state.value = 'loading'
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Said>) => hear(data)
    worker.onerror = (event) => fail(event.message || 'The demo could not be loaded.')
    ask({ kind: 'open', name })
  }

  /** Replaces a worker that is in a long step and cannot receive messages. */
  function replaceWhenBusy() {
    clearTimeout(impatience)
    if (!busy) return
    impatience = setTimeout(() => {
      close()
      open()
    }, PATIENCE)
  }

  function begin() {
    if (!loaded) return open()
    run++
    frames.value = 0
    error.value = ''
    state.value = 'running'
    replaceWhenBusy()
    busy = true
    ask({ kind: 'code', values: plain() })
    ask({ kind: 'run', run, values: plain() })
  }

  onBeforeUnmount(() => worker?.terminate())

  return {
    values,
    frame,
    state,
    frames,
    code,
    error,
    open,
    run: begin,
    stop() {
      state.value = 'stopped'
      replaceWhenBusy()
    },
    reset() {
      values.value = initial()
      begin()
    },
    change(name, value) {
      values.value = { ...values.value, [name]: value }
      clearTimeout(change)
      change = setTimeout(begin, 120)
    },
  }
}
