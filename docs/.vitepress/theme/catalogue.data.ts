import { bundledBytes, type Room, rooms } from '../rooms.ts'

export type Entry = Omit<Room, 'folder'> & { bytes: number | null }

declare const data: Entry[]

export { data }

export default {
  watch: ['../../../packages/**/package.json'],
  load: (): Promise<Entry[]> =>
    Promise.all(rooms().map(async ({ folder, ...shown }) => ({ ...shown, bytes: await bundledBytes(folder) }))),
}
