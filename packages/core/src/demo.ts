/**
 * What a room's `demo/index.ts` exports, and what the page that shows it provides: the demo is data and a generator,
 * the page owns every pixel. It runs in a worker, one frame at a time, so that it can be stopped and never freezes the page.
 */
import type { Figure } from './experiment.ts'

/** A control the reader moves; `value` is where it stands at first. */
export type Control =
  | {
      kind: 'range'
      name: string
      label: string
      min: number
      max: number
      step?: number
      log?: boolean
      value: number
    }
  | { kind: 'choice'; name: string; label: string; options: string[]; value: string }
  | { kind: 'toggle'; name: string; label: string; value: boolean }
  /** Bars the reader drags: nonnegative heights. */
  | { kind: 'histogram'; name: string; label: string; value: number[] }
  /** Pixels the reader paints, row by row, 0..255. */
  | { kind: 'pixels'; name: string; label: string; width: number; height: number; value: number[] }
  /** Points on the unit square the reader moves. */
  | { kind: 'points'; name: string; label: string; value: [number, number][] }

/** Where the controls stand, by name. */
export type ControlValues = Record<string, number | string | boolean | number[] | [number, number][]>

/** What is shown at one moment. */
export interface Frame {
  figures: Figure[]
  /** Short labelled figures beside them. */
  readout: [label: string, value: string][]
  /** 0..1 where it is known. */
  progress?: number
}

/** The default export of a room's demo. */
export interface Demo {
  title: string
  /** One or two sentences: what to move and what to look for. */
  intro: string
  controls: Control[]
  /** Computes with the real package; yields a frame whenever there is something new to see, at most about every 30 ms of work. */
  run(values: ControlValues): Generator<Frame, void, void>
  /** The ten lines of JavaScript that reproduce what is shown. */
  code(values: ControlValues): string
}
