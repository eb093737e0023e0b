import { exp, log } from '@opt/core';
import { graphStep } from './graph-step.js';
const SWEEPS = 50;
const STEPS = 100;
const BACKTRACKS = 30;
/** Logarithm of the largest ratio that is considered. */
const FAR = 690;
/** Finds the shifts at which every block sends its surplus away, by Newton's method. */
export function balance(logW, surplus) {
    const n = surplus.length;
    const shifts = new Float64Array(n);
    const identity = new Float64Array(n * n);
    for (let k = 0; k < n; k++)
        identity[k * n + k] = 1;
    const at = (k, l) => logW[k * n + l] + shifts[k] - shifts[l];
    /** The traffic of each block, in logarithms; rows of the Laplacian and residuals relative to it. */
    const state = () => {
        const traffic = new Float64Array(n).fill(-Infinity);
        const R = new Float64Array(n * n);
        const residual = new Float64Array(n);
        for (let k = 0; k < n; k++) {
            for (let l = 0; l < n; l++)
                if (l !== k)
                    traffic[k] = Math.max(traffic[k], at(k, l), at(l, k));
            if (traffic[k] === -Infinity)
                continue;
            for (let l = 0; l < n; l++) {
                if (l === k)
                    continue;
                const [out, back] = [exp(at(k, l) - traffic[k]), exp(at(l, k) - traffic[k])];
                R[k * n + l] = out + back;
                residual[k] += back - out;
            }
            if (surplus[k] !== 0)
                residual[k] += Math.sign(surplus[k]) * exp(Math.min(FAR, log(Math.abs(surplus[k])) - traffic[k]));
        }
        return { traffic, R, residual };
    };
    sweep(logW, surplus, shifts);
    let now = state();
    for (let step = 0; step < STEPS; step++) {
        const { traffic, R, residual } = now;
        const order = Int32Array.from(traffic.keys()).sort((k, l) => traffic[l] - traffic[k] || k - l);
        const direction = graphStep({ small: n, large: n, R, T: identity, residual, order });
        const top = traffic[order[0]];
        const slopeOf = ({ traffic: t, residual: r }) => direction.reduce((sum, d, k) => sum + (r[k] === 0 ? 0 : exp(Math.min(FAR, t[k] - top)) * r[k] * d), 0);
        const slope = slopeOf(now);
        if (!direction.some((d) => Math.abs(d) > 1e-12))
            break;
        const from = shifts.slice();
        let alpha = 1;
        for (let trial = 0; trial < BACKTRACKS; trial++, alpha *= 0.5) {
            for (let k = 0; k < n; k++)
                shifts[k] = from[k] + alpha * direction[k];
            now = state();
            // The slope of the heaviest traffic may hide that of the others.
            if (!(slope > 0) || slopeOf(now) >= -0.5 * slope)
                break;
        }
    }
    return shifts;
}
/** Moves one block after the other to its place among the others: far in one step, where Newton's steps are short. */
function sweep(logW, surplus, shifts) {
    const n = surplus.length;
    for (let k = 0, moved = Infinity; k < SWEEPS && moved > 1e-3; k++) {
        moved = 0;
        for (let own = 0; own < n; own++) {
            let [out, back] = [-Infinity, -Infinity];
            for (let l = 0; l < n; l++) {
                if (l === own)
                    continue;
                out = addLogs(out, logW[own * n + l] - shifts[l]);
                back = addLogs(back, logW[l * n + own] + shifts[l]);
            }
            if (out === -Infinity || back === -Infinity)
                continue;
            const middle = (out + back) / 2;
            // sinh(x) = |surplus| / (2 exp(middle))
            const size = surplus[own] === 0 ? -Infinity : log(Math.abs(surplus[own]) / 2) - middle;
            const x = size > 300 ? size + Math.LN2 : log(exp(size) + Math.sqrt(exp(2 * size) + 1));
            const shift = (back - out) / 2 + Math.sign(surplus[own]) * x;
            moved = Math.max(moved, Math.abs(shift - shifts[own]));
            shifts[own] = shift;
        }
    }
}
function addLogs(x, y) {
    const [high, low] = x > y ? [x, y] : [y, x];
    return low - high < -40 || high === -Infinity ? high : high + log(1 + exp(low - high));
}
//# sourceMappingURL=balance.js.map