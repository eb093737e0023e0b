import type { Entry } from './catalogue.data.ts'

type Groups = [key: string, entries: Entry[]][]

function grouped(entries: Entry[], keys: (entry: Entry) => string[]): Groups {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries)
    for (const key of keys(entry)) {
      const group = groups.get(key)
      if (group) group.push(entry)
      else groups.set(key, [entry])
    }
  return [...groups]
}

/** Alphabetical by task. */
export const byTask = (entries: Entry[]): Groups =>
  grouped(entries, ({ tasks }) => tasks).sort(([a], [b]) => a.localeCompare(b, 'en'))

export const byTopic = (entries: Entry[]): Groups => grouped(entries, ({ topic }) => [topic])
