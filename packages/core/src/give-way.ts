import { callback } from './errors.ts'

/** How long all that computes here may hold the event loop between two turns, in milliseconds. */
const SLICE = 12

interface Waiting {
  goOn: () => void
  giveUp: (error: unknown) => void
  overdue: () => boolean
}

const waiting: Waiting[] = []
let turnBegan = -Infinity

/** Is it time for long work to {@link giveWay}? */
export const turnIsUp = (): boolean => performance.now() - turnBegan > SLICE

/**
 * Waits until timers, messages and whatever else is due have had their turn. Everyone who waits shares the turns: one goes
 * on at a time, first come first served, but whoever is overdue (aborted, out of time) goes first.
 *
 * @param overdue asked in each turn; rejects with what it throws.
 */
export function giveWay(overdue: () => boolean = () => false): Promise<void> {
  callback(overdue, 'giveWay: overdue')
  return new Promise((goOn, giveUp) => {
    waiting.push({ goOn, giveUp, overdue })
    if (waiting.length === 1) nextTurn()
  })
}

function nextTurn(): void {
  // A channel for each turn: Node hands out up to a thousand messages of one port before it looks at its timers. A timer
  // in its place would be held back for milliseconds by browsers.
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
