// numpy in a child process on one thread, asked for one batch at a time. Python: OPT_PYTHON, or the peers' environment of the repository.
import { startPeer } from '../../../scripts/lib/python-peer.mjs'

export async function startNumpy() {
  const peer = await startPeer(new URL('numpy_peer.py', import.meta.url))
  return peer && { ...peer, time: async (task, n, batch) => Number(await peer.ask(`${task} ${n} ${batch}`)) }
}
