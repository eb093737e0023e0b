/** Returns a folder that contains digits.csv or digits.csv.gz. */
export function digitsFolder(): string
