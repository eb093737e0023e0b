/** Mean and standard error of independent samples, updated one by one (Welford 1962). */
export class Sample {
  count = 0
  mean = 0
  #squares = 0

  add(value: number): void {
    this.count++
    const before = value - this.mean
    this.mean += before / this.count
    this.#squares += before * (value - this.mean)
  }

  /** The standard deviation of the mean; Infinity for fewer than two samples. */
  get standardError(): number {
    return this.count < 2 ? Infinity : Math.sqrt(this.#squares / (this.count - 1) / this.count)
  }
}
