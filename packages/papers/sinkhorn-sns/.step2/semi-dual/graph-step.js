import { log } from '@opt/core';
const ROUNDING = 2.220446049250313e-16;
/** Exponents move at most this far in a step. */
const FAR = 700;
/**
 * Computes Newton's direction of the semi-dual, (I - R T') x = residual, by elimination without subtractions.
 *
 * The matrix is the Laplacian of a graph whose weights W = R T' are sums of nonnegative numbers, accurate to their last
 * digits however small, and a diagonal entry is the sum of a row's weights. So weights of 1e-200 and 1e-100 are told
 * apart (Grassmann, Taksar and Heyman 1985), while both would vanish in a matrix that subtracts them from 1. The move
 * residual / weight of an eliminated point or block is right while it is small. Where it is large, the flow grows
 * exponentially with the potential, and asinh gives the move. The direction still ascends: it is L^-T of numbers of the
 * same signs.
 */
export function graphStep({ small, large, R, T, residual, order, }) {
    // Light points are eliminated first, so that every share of a weight is at most 1.
    const W = new Float64Array(small * small);
    order.forEach((i, p) => {
        order.forEach((k, q) => {
            let sum = 0;
            for (let j = 0; j < large; j++)
                sum += R[i * large + j] * T[k * large + j];
            W[p * small + q] = sum;
        });
    });
    const rest = Float64Array.from(order, (i) => residual[i]);
    const noise = new Float64Array(small).fill(8 * ROUNDING);
    const moves = new Float64Array(small);
    for (let k = small - 1; k >= 0; k--) {
        let weight = 0;
        for (let i = 0; i < k; i++)
            weight += W[k * small + i];
        moves[k] = Math.abs(rest[k]) <= noise[k] ? 0 : needed(rest[k] / weight);
        if (!(weight > 0))
            continue;
        for (let i = 0; i < k; i++) {
            const share = W[i * small + k] / weight;
            if (share === 0)
                continue;
            rest[i] += share * rest[k];
            noise[i] += share * noise[k];
            for (let l = 0; l < k; l++)
                W[i * small + l] += share * W[k * small + l];
        }
        for (let i = 0; i < k; i++)
            W[k * small + i] /= weight;
    }
    for (let k = 1; k < small; k++)
        for (let i = 0; i < k; i++)
            moves[k] += W[k * small + i] * moves[i];
    const step = new Float64Array(small);
    order.forEach((i, p) => {
        step[i] = moves[p];
    });
    return step;
}
/** asinh, at most {@link FAR}. */
function needed(x) {
    const size = Math.abs(x);
    if (!(size > 1e-4))
        return x;
    const far = size < 1e100 ? log(size + Math.sqrt(size * size + 1)) : log(size) + Math.LN2;
    return Math.sign(x) * Math.min(FAR, far);
}
//# sourceMappingURL=graph-step.js.map