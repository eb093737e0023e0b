import { exp, log } from '@opt/core';
import { GOOD_ENOUGH } from './level.js';
import { NewtonPlan } from './plan/newton-plan.js';
import { writeCost } from './problem/problem.js';
/** So many neighbours of a side become one point of the coarser problem, ... */
const GROUP = 4;
/** ... unless fewer points than this are left. */
const FEWEST = 32;
/** Leaves out most points of a problem, or returns null when it has few. */
export function coarser(problem) {
    const { a, b, forbids } = problem;
    if (forbids || Math.min(a.length, b.length) < GROUP * FEWEST)
        return null;
    const groups = [GROUP, GROUP];
    const [some, others] = [pick(problem.rows, a, groups[0]), pick(problem.columns, b, groups[1])];
    const fewer = {
        ...problem,
        rows: some.at,
        columns: others.at,
        a: some.mass,
        b: others.mass,
        logA: some.mass.map(log),
        logB: others.mass.map(log),
        writeCost: (out, stride, from = 0, to = some.at.length) => writeCost(fewer, out, stride, from, to),
    };
    return { problem: fewer, groups };
}
function pick(at, masses, group) {
    const count = Math.floor(at.length / group);
    const mass = new Float64Array(count);
    masses.forEach((v, i) => (mass[Math.min(count - 1, Math.floor(i / group))] += v));
    return { at: Int32Array.from(mass, (_, k) => at[k * group + (group >> 1)]), mass };
}
/**
 * Puts a plan at the potentials of a coarser problem: f of each row is that of its group, g the soft-min over the
 * coarser rows. One Sinkhorn iteration makes the rows exact.
 */
export function refine(plan, { f }, { problem, groups }, epsilon) {
    const { C, u, v, scratch } = plan.views;
    const [group] = groups;
    const coarse = { data: C.data.subarray((group >> 1) * C.stride), rows: f.length, columns: C.columns, stride: group * C.stride };
    f.forEach((value, k) => (u[k] = value + epsilon * problem.logA[k]));
    plan.kernels.colLse(coarse, u, epsilon, v, scratch);
    const last = f.length - 1;
    plan.setPotentials({
        f: Float64Array.from({ length: plan.rows }, (_, i) => f[Math.min(last, Math.floor(i / group))]),
        g: v.map((sum) => -epsilon * sum),
    }, epsilon);
    plan.evaluate();
}
/**
 * L1 error of the column marginal when each group's row is replaced by its neighbour and scaled to its mass: how far
 * the potentials of a coarser problem serve points that it left out.
 */
function errorElsewhere(plan, { f, g }, { problem, groups }, epsilon) {
    const { C } = plan.views;
    const { a, b, logB } = problem;
    const [group, columns] = groups;
    const sums = new Float64Array(b.length);
    const row = new Float64Array(b.length);
    for (let i = 0; i < a.length; i++) {
        const at = (i * group + (group >> 1) - 1) * C.stride + (columns >> 1);
        let sum = 0;
        for (let j = 0; j < b.length; j++)
            sum += row[j] = exp((f[i] + g[j] - C.data[at + j * columns]) / epsilon + logB[j]);
        for (let j = 0; j < b.length; j++)
            sums[j] += (a[i] / sum) * row[j];
    }
    return sums.reduce((error, sum, j) => error + Math.abs(sum - b[j]), 0);
}
/** Levels are solved with fewer points as long as the error elsewhere is at most this. */
const NEAR = 0.3;
/**
 * Solves levels with fewer points, again from still fewer, and puts the plan near the lowest of them that helps.
 *
 * @param levels epsilons, the last level first.
 * @returns how many of the levels are left to solve; the plan stands at the start of the first of them, unless all are.
 */
export function* startOnFewer(solveLevel, level, plan, problem, levels) {
    const fewer = coarser(problem);
    const { annealing } = level.settings;
    if (!fewer || !annealing)
        return levels.length;
    const small = new NewtonPlan(fewer.problem);
    const there = { ...level, plan: small, last: false, target: annealing.tolerance };
    const first = yield* startOnFewer(solveLevel, there, small, fewer.problem, levels);
    if (first === 'stopped')
        return first;
    let good = null;
    let before = null;
    let left = first;
    for (; left > 0; left--) {
        if (good || first === levels.length) {
            small.setPotentials(before && good ? beyond(before, good, 1 / annealing.factor) : good ?? { f: new Float64Array(small.rows), g: new Float64Array(small.columns) }, levels[left - 1]);
            small.evaluate();
        }
        const ending = yield* solveLevel(there);
        const found = small.potentials();
        if (ending === 'stopped') {
            refine(plan, found, fewer, small.epsilon);
            return ending;
        }
        if (ending !== 'reached' && !(small.error() < GOOD_ENOUGH))
            break;
        const error = errorElsewhere(plan, found, fewer, small.epsilon);
        if (globalThis.DBG) {
            refine(plan, found, fewer, small.epsilon);
            console.log('probe', plan.rows, levels[left - 1], error, plan.sinkhorn());
        }
        if (!(error <= NEAR))
            break;
        before = good;
        good = found;
    }
    if (!good)
        return levels.length;
    refine(plan, good, fewer, levels[left]);
    return left + 1;
}
export function beyond(x, y, t) {
    return { f: y.f.map((v, i) => v + t * (v - x.f[i])), g: y.g.map((v, i) => v + t * (v - x.g[i])) };
}
//# sourceMappingURL=coarse.js.map