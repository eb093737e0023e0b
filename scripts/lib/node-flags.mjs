/**
 * Flags for programs whose end a check waits for. Node 20 gives up an isolate's task runner before the isolate
 * itself (`Assertion failed: (data.first) != nullptr`, mended by v8/node#208 in later ones): a program, or
 * a worker thread, that ends while another thread still optimizes its code can crash, though rarely.
 */
export const SAFE_END = ['--no-concurrent-recompilation']
