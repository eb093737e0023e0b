import { number, oneOf, refuse, show } from '@opt/core';
/** Checks the options and fills in their defaults. */
export function checkSettings(options) {
    const { warmup = 5, keep = 'auto', forcing = 0.1, annealing = true } = options;
    number(warmup, 'warmup', { integer: true, min: 1 });
    number(forcing, 'forcing', { positive: true });
    if (typeof keep === 'number')
        number(keep, 'keep', { integer: true, min: 1 });
    else
        oneOf(keep, 'keep', ['auto']);
    if (typeof annealing !== 'boolean' && (typeof annealing !== 'object' || annealing === null))
        refuse('annealing', 'true, false or an object', show(annealing), 'type');
    const { start = 0.1, factor = 3, tolerance = 1e-3 } = typeof annealing === 'object' ? annealing : {};
    number(start, 'annealing.start', { positive: true });
    number(tolerance, 'annealing.tolerance', { positive: true });
    if (!(Number.isFinite(factor) && factor > 1))
        refuse('annealing.factor', 'greater than 1', show(factor));
    return {
        warmup,
        keep,
        forcing,
        tolerance: options.tolerance,
        annealing: annealing === false ? false : { start, factor, tolerance },
        initial: options.initial,
    };
}
//# sourceMappingURL=options.js.map