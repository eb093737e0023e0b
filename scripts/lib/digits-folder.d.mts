/** A folder with digits.csv or digits.csv.gz in it. */
export function digitsFolder(): string
