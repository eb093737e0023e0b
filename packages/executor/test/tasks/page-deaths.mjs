// Tasks that take their web worker with them.
export function closes() {
  self.close()
  return new Promise(() => {})
}

/** The browser's cache remembers whether this has happened before. */
export async function closesOnce(x) {
  if (x !== 2) return x * x
  const store = await caches.open('deaths')
  if (await store.match('/closed')) return x * x
  await store.put('/closed', new Response('yes'))
  return closes()
}

export function strays() {
  setTimeout(() => {
    throw new Error('stray')
  })
  return new Promise(() => {})
}
