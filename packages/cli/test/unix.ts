/** A test of what Windows has not: signals, pipes, limits of a process. */
export const ifUnix = process.platform === 'win32' ? test.skip : test
