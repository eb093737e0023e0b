import type { Control, Frame } from '@opt/core'
import { loadDemo } from '../scripts/load-demo.mjs'

/** What a page shows of a demo before it runs. */
export interface DemoStart {
  title: string
  intro: string
  controls: Control[]
  /** The last frame without its data: the room that the demo takes in the page. */
  frame: Frame
}

const DATA = ['x', 'y', 'low', 'high', 'values', 'data']

/** Runs a demo to its end. */
export async function demoStart(folder: string): Promise<DemoStart> {
  const { title, intro, controls, run } = await loadDemo(folder)
  const settings = Object.fromEntries(structuredClone(controls).map(({ name, value }) => [name, value]))
  let frame: Frame | undefined
  for (frame of run(settings));
  if (!frame) throw new Error(`the demo in ${folder} shows nothing`)
  const withoutData = JSON.stringify(frame, (key, value) =>
    DATA.includes(key) && (Array.isArray(value) || ArrayBuffer.isView(value)) ? [] : value,
  )
  return { title, intro, controls, frame: JSON.parse(withoutData) }
}
