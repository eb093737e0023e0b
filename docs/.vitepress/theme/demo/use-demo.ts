// The state of a demo in a page, and its commands: run, stop, reset.
import type { ControlValues, Frame } from '@opt/core'
import { onBeforeUnmount, type Ref, ref, type ShallowRef, shallowRef } from 'vue'
import type { Ask, Said } from './worker.ts'

type Opened = Extract<Said, { kind: 'opened' }>

export interface LiveDemo {
  opened: ShallowRef<Opened | undefined>
  values: Ref<ControlValues>
  frame: ShallowRef<Frame | undefined>
  state: Ref<'loading' | 'running' | 'done' | 'stopped' | 'failed'>
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

export function useDemo(name: string): LiveDemo {
  const opened = shallowRef<Opened>()
  const values = ref<ControlValues>({})
  const frame = shallowRef<Frame>()
  const state = ref<LiveDemo['state']['value']>('loading')
  const frames = ref(0)
  const code = ref('')
  const error = ref('')
  let worker: Worker | undefined
  let run = 0
  let busy = false
  let change: ReturnType<typeof setTimeout> | undefined
  let impatience: ReturnType<typeof setTimeout> | undefined

  const plain = () => JSON.parse(JSON.stringify(values.value)) as ControlValues
  const ask = (message: Ask) => worker?.postMessage(message)
  const initial = (): ControlValues =>
    Object.fromEntries(structuredClone(opened.value!.controls).map(({ name, value }) => [name, value]))

  function fail(message: string) {
    state.value = 'failed'
    error.value = message
    busy = false
  }

  function hear(said: Said) {
    if (said.kind === 'opened') {
      const first = !opened.value
      opened.value ??= said
      if (first) values.value = initial()
      if (first || state.value === 'running') start()
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
      worker?.terminate()
      busy = false
      open()
    }, PATIENCE)
  }

  function start() {
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
    opened,
    values,
    frame,
    state,
    frames,
    code,
    error,
    open,
    run: start,
    stop() {
      state.value = 'stopped'
      replaceWhenBusy()
    },
    reset() {
      values.value = initial()
      start()
    },
    change(name, value) {
      values.value = { ...values.value, [name]: value }
      clearTimeout(change)
      change = setTimeout(start, 120)
    },
  }
}
