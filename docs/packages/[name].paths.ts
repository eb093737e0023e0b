import { bundledBytes, packagePage, rooms } from '../.vitepress/rooms.ts'

export default {
  watch: ['../../packages/*/README.md', '../../packages/papers/*/README.md', '../../packages/**/package.json'],
  paths: () =>
    Promise.all(
      rooms().map(async (room) => {
        const { folder, ...shown } = room
        return { params: { ...shown, bytes: await bundledBytes(folder) }, content: packagePage(room) }
      }),
    ),
}
