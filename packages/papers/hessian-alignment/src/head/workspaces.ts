import { Workspace, type WorkspaceSizes } from './workspace.ts'

let kept: WeakRef<Workspace> | undefined

/** Returns a workspace for one call: the last one again, if its sizes are the same and it is still there. */
export function sharedWorkspace(sizes: WorkspaceSizes): Workspace {
  const last = kept?.deref()
  if (last && Object.entries(sizes).every(([name, size]) => last.sizes[name as keyof WorkspaceSizes] === size))
    return last
  const made = new Workspace(sizes)
  kept = new WeakRef(made)
  return made
}

/** Returns a workspace that lasts. */
export const ownWorkspace = (sizes: WorkspaceSizes): Workspace => new Workspace(sizes)
