import { chosenBackend, fallBack, wait } from '@opt/core';
import { infeasibleAnswer } from './infeasible.js';
import { workingProblem } from './problem/problem.js';
/**
 * Checks a problem and solves it, with a plan on the device that was chosen, or with null for one in memory. With
 * 'auto' a solve that fails on the device is repeated in memory. A problem without a plan is answered at once.
 */
export function* onBackend(cost, a, b, { epsilon, tolerance, backend: choice }, solve) {
    const backend = chosenBackend(choice);
    let problem = workingProblem(cost, a, b, { epsilon, tolerance, fromPoints: backend !== null });
    if (backend && !problem.infeasible) {
        try {
            const { DevicePlan } = yield* wait(import('./device/device-plan.js'));
            return certified(yield* solve(problem, new DevicePlan(backend, problem)), problem, tolerance);
        }
        catch (error) {
            if (choice !== 'auto')
                throw error;
            fallBack(error.message);
        }
        problem = workingProblem(cost, a, b, { epsilon, tolerance });
    }
    if (problem.infeasible)
        return infeasibleAnswer(problem);
    return certified(yield* solve(problem, null), problem, tolerance);
}
/** Takes the certificate from an answer that rounding may have falsified. */
const certified = (answer, { lost }, tolerance = 0) => lost && answer.error <= tolerance ? { ...answer, status: 'stalled', message: lost } : answer;
//# sourceMappingURL=on-backend.js.map