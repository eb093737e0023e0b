import { callback } from './errors.ts'

/** How long all computations together may hold the event loop between two turns, in milliseconds. */
const SLICE = 12

interface Waiting {
  goOn: () => void
  giveUp: (error: unknown) => void
  overdue: () => boolean
}

const waiting: Waiting[] = []
let turnBegan = -Infinity

/** Whether long work should {@link giveWay} now. */
export const turnIsUp = (): boolean => performance.now() - turnBegan > SLICE

/**
 * Yields to the event loop: resolves when timers, messages and other pending work have had their turn. All
 * callers share the turns: one resumes at a time, in order of arrival, but one that is overdue (aborted, out
 * of time) goes first.
 *
 * @param overdue called in each turn; the promise rejects with the error that it throws.
 */
export function giveWay(overdue: () => boolean = () => false): Promise<void> {
  callback(overdue, 'giveWay: overdue')
  return new Promise((goOn, giveUp) => {
    waiting.push({ goOn, giveUp, overdue })
    if (waiting.length === 1) nextTurn()
  })
}

function nextTurn(): void {
  // A new channel for each turn: Node delivers up to a thousand messages of one port before it checks its
  // timers, and browsers
  // delay a timer by milliseconds.
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    const [next] = waiting.splice(Math.max(0, waiting.findIndex(isOverdue)), 1)
    if (waiting.length > 0) nextTurn()
    turnBegan = performance.now()
    next.goOn()
  }
  port2.postMessage(null)
}

function isOverdue({ overdue, giveUp }: Waiting): boolean {
  try {
    return overdue()
  } catch (error) {
    giveUp(error)
    return true
  }
}
