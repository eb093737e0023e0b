// The Python side of the benchmark: a child process, or null if Python or its packages are missing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPeer } from '../../../../scripts/lib/python-peer.mjs'

export async function startPeers() {
  const peer = await startPeer(new URL('peer.py', import.meta.url))
  if (!peer) return null
  const folder = mkdtempSync(join(tmpdir(), 'opt-bench-'))
  return {
    /** { cvxpy?: version, scnn?: version } */
    versions: JSON.parse(peer.version),
    async solve(who, { X, y, G }, beta) {
      for (const [name, data] of Object.entries({ X: X.data, y, G: G.data })) writeFileSync(join(folder, name), data)
      const answer = JSON.parse(await peer.ask(`${who} ${folder} ${X.shape[0]} ${X.shape[1]} ${G.shape[0]} ${beta}`))
      if (answer.error) console.error(`${who}: ${answer.error}`)
      return answer.error ? null : answer
    },
    stop() {
      peer.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
