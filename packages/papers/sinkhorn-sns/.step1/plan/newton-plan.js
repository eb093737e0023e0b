import { allocate } from '@opt/core';
import { transportKernels } from '@opt/core/transport';
import { directionViews, NewtonDirection } from './newton-direction.js';
import { planViews } from './plan-views.js';
import { ScaledPlan } from './scaled-plan.js';
import { thresholdByCount, thresholdByMass } from './sparsify.js';
/** Marginals below this have underflowed. */
const EMPTY = 1e-290;
/** The plan in memory with its Newton directions. */
export class NewtonPlan extends ScaledPlan {
    floor = 1e-11;
    #direction;
    constructor(problem) {
        const [n, m] = [problem.a.length, problem.b.length];
        const memory = allocate([transportKernels], (views) => ({
            plan: planViews(n, m, views),
            direction: directionViews(n, m, views),
        }));
        super(problem, memory.plan, memory.kernels);
        this.#direction = new NewtonDirection(this, memory.direction);
    }
    thresholdByMass(mass, minimum) {
        return thresholdByMass(this.views.P, mass, minimum);
    }
    thresholdByCount(count) {
        return thresholdByCount(this.views.P, count);
    }
    direct(threshold, tolerance) {
        const cg = this.#direction.compute(threshold, tolerance);
        return { cg, slope: this.#slope(), reach: longest(this.#direction.dx, this.#direction.dy) };
    }
    tryStep(alpha) {
        this.moveTo(alpha, this.#direction.dx, this.#direction.dy);
        const slope = this.#slope();
        return { slope, empty: !(this.views.r.every(positive) && this.views.c.every(positive)) };
    }
    free() { }
    /** Derivative of the potential along the direction, where P stands. */
    #slope() {
        const { dx, dy } = this.#direction;
        const { a, b, r, c } = this.views;
        let sum = 0;
        for (let i = 0; i < this.rows; i++)
            sum += (a[i] - r[i]) * dx[i];
        for (let j = 0; j < this.columns; j++)
            sum += (b[j] - c[j]) * dy[j];
        return sum;
    }
}
const positive = (sum) => sum > EMPTY;
/** max |dx_i + dy_j|: how far the step moves an exponent. */
function longest(dx, dy) {
    const [x, y] = [extremes(dx), extremes(dy)];
    return Math.max(Math.abs(x.high + y.high), Math.abs(x.low + y.low));
}
function extremes(v) {
    let low = Infinity;
    let high = -Infinity;
    for (const x of v) {
        if (x < low)
            low = x;
        if (x > high)
            high = x;
    }
    return { low, high };
}
//# sourceMappingURL=newton-plan.js.map