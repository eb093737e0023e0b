// The code blocks of a page, as its reader meets them.

/**
 * Every ```js block: its code, the ```text block after it (what it prints; the word "prints" may stand between) or null, and whether a comment
 * <!-- node --> right before it says that it only runs in Node, or <!-- gpu --> that it needs one. A block that starts with a comment `// name.js` is a file
 * of that name, which later blocks may read. A block after <!-- skip: why --> is left out.
 */
export function codeBlocks(markdown) {
  const blocks = []
  const pattern =
    /(?:<!-- (node|gpu|skip: [^>]*?) -->\n+)?```js\n([\s\S]*?)```(?:\n+(?:prints:?\n+)?```(?:text)?\n([\s\S]*?)```)?/g
  for (const [, mark, code, output] of markdown.matchAll(pattern)) {
    if (mark?.startsWith('skip')) continue
    blocks.push({
      code,
      output: output ?? null,
      node: mark === 'node',
      gpu: mark === 'gpu',
      file: /^\/\/ (\S+\.m?js)\n/.exec(code)?.[1] ?? null,
    })
  }
  return blocks
}
