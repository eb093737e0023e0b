import { allocate, oneOf, refuse, show, solver, wait, } from '@opt/core';
import { transportKernels } from '@opt/core/transport';
import { onBackend } from './on-backend.js';
import { LogPlan } from './plan/log-plan.js';
import { planViews } from './plan/plan-views.js';
import { ScaledPlan } from './plan/scaled-plan.js';
import { areFinite } from './plan/transport-plan.js';
import { initialPotentials } from './problem/initial.js';
import { isLight } from './semi-dual/careful-newton.js';
import { transportSolution } from './solution.js';
/**
 * Solves entropic optimal transport by Sinkhorn's algorithm, the baseline of the paper, in the kernel domain with
 * absorption (Schmitzer 2019) or in the log domain.
 *
 * @param cost n x m, Infinity forbids a pair; with domain 'log' also rows on demand, never held in memory.
 * @param a n nonnegative masses; zeros are allowed.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const sinkhorn = solver('sinkhorn', function* (cost, a, b, options) {
    const domain = oneOf(options.domain ?? 'kernel', 'domain', ['kernel', 'log']);
    const relaxation = checkRelaxation(options.relaxation ?? 1, domain, options.backend !== undefined);
    return yield* onBackend(cost, a, b, options, (problem, device) => device ? onDevice(device, problem, options) : inMemory(problem, options, domain, relaxation));
}, { tolerance: 1e-9, maxIterations: 100_000, options: ['epsilon', 'domain', 'relaxation', 'initial', 'backend'] });
function* inMemory(problem, { initial }, domain, relaxation) {
    const start = initialPotentials(problem, initial);
    let plan = domain === 'log' || isLight(problem) ? new LogPlan(problem) : kernelPlan(problem);
    plan.setPotentials(start, problem.epsilon);
    plan.evaluate();
    const errors = [];
    let w = 1;
    let dual = -Infinity;
    for (let k = 1;; k++) {
        let error = 'relaxed' in plan ? plan.relaxed(w) : plan.sinkhorn();
        if (Number.isNaN(error) && 'relaxed' in plan) {
            // A scaling left the range of doubles: continue in the log domain, from the potentials last absorbed.
            const found = plan.potentials();
            plan = new LogPlan(problem);
            plan.setPotentials(areFinite(found) ? found : start, problem.epsilon);
            error = plan.sinkhorn();
        }
        if (relaxation !== 1 && k <= PLAIN)
            errors.push(error);
        if (relaxation !== 1 && k >= PLAIN && 'dual' in plan) {
            const now = plan.dual();
            w = now < dual ? 1 : relaxation === 'auto' ? overRelaxation(errors) : relaxation;
            dual = now;
        }
        const stop = yield { error };
        if (stop || plan.strained)
            plan.absorb();
        if (stop)
            return transportSolution(problem, plan.read());
        if (plan.strained)
            plan.evaluate();
    }
}
/** Iterates on a device, which may work ahead; ends when float32 allows no smaller error. */
function* onDevice(plan, problem, options) {
    try {
        plan.setPotentials(initialPotentials(problem, options.initial), problem.epsilon);
        yield* wait(plan.evaluate());
        let best = Infinity;
        let sinceBest = 0;
        for (let k = 1;; k++) {
            const error = yield* wait(plan.sinkhorn(options.maxIterations - k, options.tolerance));
            const stop = yield { error };
            sinceBest = error < 0.999 * best ? 0 : sinceBest + 1;
            best = Math.min(best, error);
            const floor = sinceBest >= PATIENCE && error < plan.floor;
            if (!stop && !floor)
                continue;
            const message = stop ? undefined : 'float32 does not allow a smaller error';
            return { ...transportSolution(problem, yield* wait(plan.read())), message };
        }
    }
    finally {
        plan.free();
    }
}
function kernelPlan(problem) {
    const { kernels, ...views } = allocate([transportKernels], (space) => planViews(problem.a.length, problem.b.length, space));
    return new ScaledPlan(problem, views, kernels);
}
/** Iterations without progress at the floor of the device before the solve ends. */
const PATIENCE = 20;
/** Plain iterations before the relaxation sets in. */
const PLAIN = 20;
function checkRelaxation(relaxation, domain, device) {
    if (relaxation !== 'auto' && !(typeof relaxation === 'number' && relaxation >= 1 && relaxation < 2))
        refuse('relaxation', `'auto' or a number from 1 up to 2`, show(relaxation));
    if (relaxation !== 1 && device)
        refuse('relaxation', '1 with a backend', show(relaxation));
    if (relaxation !== 1 && domain === 'log')
        refuse('relaxation', `1 in the log domain`, show(relaxation));
    return relaxation;
}
/** Returns the best relaxation for a linear rate theta of the error: 2 / (1 + sqrt(1 - theta)). */
function overRelaxation(errors) {
    const theta = Math.min(errors[PLAIN - 1] / errors[PLAIN - 2], 1 - 1e-6);
    return 2 / (1 + Math.sqrt(1 - theta));
}
//# sourceMappingURL=sinkhorn.js.map