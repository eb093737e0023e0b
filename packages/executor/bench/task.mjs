export const echo = (value) => value
