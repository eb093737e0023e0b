/** First byte free for data: the constants of the modules lie below. */
export function dataStart(): usize {
  return __heap_base
}
