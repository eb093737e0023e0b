import { allocate } from '@opt/core';
import { transportKernels } from '@opt/core/transport';
import { planKernels } from '../kernels.js';
import { directionViews, NewtonDirection, SPARSE_SHARE } from './newton-direction.js';
import { planViews } from './plan-views.js';
import { ScaledPlan } from './scaled-plan.js';
import { Screen } from './screen.js';
import { binViews, thresholdByCount, thresholdByMass, thresholdByRoom } from './sparsify.js';
/** Marginals below this have underflowed. */
const EMPTY = 1e-290;
/** Entries that are left out of a screen add up to at most this share of the error. */
const LEFT_OUT = 0.01;
/** ... and are looked at again when what they may hide exceeds this share of it. */
const HIDDEN = 0.5;
/** The plan in memory with its Newton directions. */
export class NewtonPlan extends ScaledPlan {
    floor = 1e-11;
    #direction;
    #kernels;
    #counted;
    /** While it is there P lags behind the potentials; only the kept entries follow. */
    #screen = null;
    #error = Infinity;
    constructor(problem) {
        const [n, m] = [problem.a.length, problem.b.length];
        const memory = allocate([transportKernels, planKernels], (views) => ({
            plan: planViews(n, m, views),
            direction: directionViews(n, m, views),
            bins: binViews(views),
        }));
        super(problem, memory.plan, memory.kernels);
        this.#kernels = memory.kernels;
        this.#counted = { P: this.views.P, ...memory.bins };
        this.#direction = new NewtonDirection(this, memory.direction, memory.kernels);
    }
    /** Whether only the entries that matter follow the potentials. */
    get screened() {
        return this.#screen !== null;
    }
    /** Lets only the entries that matter for the next steps follow the potentials, if they are few. */
    screen(error, target) {
        if (this.#screen)
            return;
        const entries = this.rows * this.columns;
        const most = Math.floor(SPARSE_SHARE * entries);
        const { value, dropped } = thresholdByRoom(this.#counted, this.#kernels, (1e-3 * target) / entries, most);
        if (!(dropped <= LEFT_OUT * error))
            return;
        this.#direction.keep(value);
        this.#screen = new Screen(this, this.#kernels, this.#direction.kept);
        this.#error = error;
    }
    /** Lets all entries follow the potentials. */
    unscreen() {
        if (this.#screen)
            this.evaluate();
    }
    gibbs(F, G) {
        this.#screen = null;
        super.gibbs(F, G);
    }
    /** {@link ScaledPlan.balance}; an error of at most `target` is that of all entries. */
    balance(target = Infinity) {
        if (this.#screen) {
            this.#error = this.#screen.balance();
            const hidden = this.#screen.unseen(this.views.F, this.views.G);
            if (this.#error > target && hidden <= HIDDEN * this.#error)
                return this.#error;
            this.unscreen();
            const error = this.error();
            if (error <= target)
                return error;
        }
        return super.balance();
    }
    thresholdByMass(mass, minimum) {
        if (this.#screen)
            return { value: 0, kept: this.#direction.kept.indptr[this.rows] };
        return thresholdByMass(this.#counted, this.#kernels, mass, minimum);
    }
    thresholdByCount(count) {
        return thresholdByCount(this.#counted, this.#kernels, count);
    }
    direct(threshold, tolerance) {
        if (threshold !== null && !this.#screen)
            this.#direction.keep(threshold);
        const cg = this.#direction.compute(threshold === null ? 'all' : 'kept', tolerance);
        return { cg, slope: this.#slope(), reach: longest(this.#direction.dx, this.#direction.dy) };
    }
    tryStep(alpha) {
        const { dx, dy } = this.#direction;
        const { trialF, trialG, r, c } = this.views;
        this.aim(alpha, dx, dy);
        if (this.#screen)
            this.#screen.gibbs(trialF, trialG);
        else
            this.gibbs(trialF, trialG);
        const hidden = this.#screen ? this.#screen.unseen(trialF, trialG) : 0;
        return { slope: this.#slope(), empty: hidden > this.#error || !(r.every(positive) && c.every(positive)) };
    }
    read() {
        this.unscreen();
        return super.read();
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