import type { Control, Frame } from '@opt/core'
import { loadDemo } from '../scripts/load-demo.mjs'

/** What a page shows of a demo before it runs. */
export interface DemoStart {
  title: string
  intro: string
  controls: Control[]
  /** The first frame without its data: the room that it takes in the page. */
  frame: Frame
}

const DATA = ['x', 'y', 'low', 'high', 'values', 'data']

/** Runs a demo to its first frame. */
export async function demoStart(folder: string): Promise<DemoStart> {
  const { title, intro, controls, run } = await loadDemo(folder)
  const settings = Object.fromEntries(structuredClone(controls).map(({ name, value }) => [name, value]))
  const { value: frame } = run(settings).next()
  if (!frame) throw new Error(`the demo in ${folder} shows nothing`)
  const withoutData = JSON.stringify(frame, (key, value) =>
    DATA.includes(key) && (Array.isArray(value) || ArrayBuffer.isView(value)) ? [] : value,
  )
  return { title, intro, controls, frame: JSON.parse(withoutData) }
}
