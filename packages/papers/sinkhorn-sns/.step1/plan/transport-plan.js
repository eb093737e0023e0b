/** Whether no potential has left the range of numbers. */
export const areFinite = ({ f, g }) => [f, g].every((potential) => potential.every(Number.isFinite));
//# sourceMappingURL=transport-plan.js.map