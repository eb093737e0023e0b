import { exp, log } from '@opt/core';
import { GibbsPlan } from '@opt/core/transport';
/** The state that Newton and Sinkhorn share: the plan of the working problem in memory, with its scalings. */
export class ScaledPlan extends GibbsPlan {
    constructor(problem, views, kernels) {
        super(views, kernels, problem.a, problem.b);
        problem.writeCost(views.C.data, views.C.stride);
    }
    /**
     * {@link sinkhorn}, w times as far in the logarithm of each scaling; when w is not 1, the rows' error is counted
     * too.
     */
    relaxed(w) {
        if (w === 1 || !this.scaled)
            return this.sinkhorn();
        const { P, a, b, u, v, z } = this.views;
        const before = u.slice();
        for (let j = 0; j < this.columns; j++)
            v[j] *= power(b[j] / (v[j] * z[j]), w);
        this.kernels.scale2(P, a, v, u, z);
        let error = 0;
        for (let i = 0; i < this.rows; i++) {
            const over = power(u[i] / before[i], w - 1);
            u[i] *= over;
            error += a[i] * Math.abs(over - 1);
        }
        z.fill(0);
        this.kernels.gemvT(P, u, z);
        for (let j = 0; j < this.columns; j++)
            error += Math.abs(v[j] * z[j] - b[j]);
        return error;
    }
    /** The value of the dual at the scalings, up to a constant and in units of epsilon. */
    dual() {
        const { a, b, F, G, u, v, z } = this.views;
        let sum = 0;
        for (let i = 0; i < this.rows; i++)
            sum += a[i] * (F[i] / this.epsilon + log(u[i]));
        for (let j = 0; j < this.columns; j++)
            sum += b[j] * (G[j] / this.epsilon + log(v[j])) - v[j] * z[j];
        return sum;
    }
    /**
     * Scales the rows to their marginal, then the columns, once; returns the error that is left. Never lowers the
     * potential.
     */
    balance() {
        const { P, a, b, u, v, z } = this.views;
        v.fill(1);
        this.kernels.scale2(P, a, v, u, z);
        for (let j = 0; j < this.columns; j++)
            v[j] = b[j] / z[j];
        this.scaled = true;
        this.absorb();
        return this.error();
    }
    /** Puts P at (F + alpha dx, G + alpha dy); the potentials follow with {@link accept}. */
    moveTo(alpha, dx, dy) {
        const { F, G, trialF, trialG } = this.views;
        for (let i = 0; i < this.rows; i++)
            trialF[i] = F[i] + alpha * dx[i];
        for (let j = 0; j < this.columns; j++)
            trialG[j] = G[j] + alpha * dy[j];
        this.gibbs(trialF, trialG);
    }
    /** Moves the potentials to where P is. */
    accept() {
        const { views } = this;
        [views.F, views.trialF] = [views.trialF, views.F];
        [views.G, views.trialG] = [views.trialG, views.G];
    }
    /** Replaces the plan and its potentials by those computed elsewhere. */
    place(from) {
        const { P, r, c, u, v } = this.views;
        this.setPotentials(from.potentials(), from.epsilon);
        from.writePlan(P.data);
        u.fill(1);
        v.fill(1);
        this.kernels.rescale(P, u, v, r, c);
        this.scaled = false;
    }
    read() {
        const { C, P, r, c } = this.views;
        let cost = 0;
        for (let i = 0; i < this.rows; i++)
            cost += this.kernels.dot(this.columns, row(C, i), row(P, i));
        return { ...this.potentials(), r, c, cost, writeRow: (i, out) => out.set(row(P, i)) };
    }
}
const row = ({ data, columns, stride }, i) => data.subarray(i * stride, i * stride + columns);
const power = (x, w) => exp(w * log(x));
//# sourceMappingURL=scaled-plan.js.map