export {};
//# sourceMappingURL=sides.js.map