/**
 * The contract between a package's `demo/index.ts` and the page that shows it: the demo is data and a
 * generator, the page draws. It runs in a worker, one frame at a time, so that it can be stopped and never
 * freezes the page.
 */
import type { Figure } from './experiment.ts'

/** A control of the page; `value` is its initial setting. */
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
  /** Bars to drag: nonnegative heights. */
  | { kind: 'histogram'; name: string; label: string; value: number[] }
  /** Pixels to paint, row by row, 0..255. */
  | { kind: 'pixels'; name: string; label: string; width: number; height: number; value: number[] }
  /** Points to move on the unit square. */
  | { kind: 'points'; name: string; label: string; value: [number, number][] }

/** The settings of the controls, by name. */
export type ControlValues = Record<string, number | string | boolean | number[] | [number, number][]>

/** What the page shows at one moment. */
export interface Frame {
  figures: Figure[]
  /** Short labelled figures beside them. */
  readout: [label: string, value: string][]
  /** Fraction of the work done, 0..1, where known. */
  progress?: number
}

/** The default export of a package's demo. */
export interface Demo {
  title: string
  /** One or two sentences: what to move and what to look for. */
  intro: string
  controls: Control[]
  /**
   * Computes with the real package; yields a frame whenever there is something new to show, at most about
   * every 30 ms of work.
   */
  run(values: ControlValues): Generator<Frame, void, void>
  /** Returns about ten lines of JavaScript that reproduce what is shown. */
  code(values: ControlValues): string
}
