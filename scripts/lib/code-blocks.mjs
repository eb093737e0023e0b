// The examples in a markdown page.

/**
 * Returns every ```js block of a page, in order, as
 *
 * - `code`;
 * - `output`: the ```text block after it, which is what it prints (the word "prints" may stand
 *   between), or null;
 * - `node`, `gpu`: whether a comment <!-- node --> or <!-- gpu --> before it says that it needs
 *   Node or a GPU;
 * - `file`: the name in a first line `// name.js`, under which later blocks import it, or null.
 *
 * Blocks after <!-- skip: why --> are left out.
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
