// What expSum and tanh need beside the table of exp and log, right behind it in memory: see constants.ts. Modules that have no
// use for it lack it; scripts/kernels.mjs refuses any other place.
export const MORE = memory.data<f64>([
  // what 2^(i/32) of the table lacks
  0, 5.109225e-17, 8.55189e-17, -7.899854e-17, -3.046782e-17, 1.041028e-16, 8.912813e-17, 3.829205e-17, 3.982015e-17,
  -7.712631e-17, 4.658028e-17, 2.667932e-18, 2.53825e-17, -2.858731e-17, 7.700948e-17, -6.770512e-17, -9.667293e-17,
  -3.023758e-17, -3.483995e-17, -1.016455e-16, 7.949835e-17, -1.013692e-17, 2.470719e-17, -1.012568e-16, 8.19901e-17,
  -1.85138e-17, 2.960141e-17, 1.822746e-17, 3.283107e-17, -6.122763e-17, -1.061995e-16, 8.960768e-17,
  // from byte 256: the rounding to whole steps, biased by 1023 + 60; ln 2 / 32 in two parts; 2^-60; the least exponent
  6755399441055744 + 1083 * 32, 0.021660849392446835, 5.145609244655338e-14, 8.673617379884035e-19, -746,
  // from byte 296: Taylor's series of e^r - 1
  0.16666666666666666, 0.041666666666666664, 0.008333333333333333, 0.001388888888888889,
  // from byte 328: where tanh takes its series, and where it is x
  0.55, 1e-8, 20,
  // from byte 352: the series of tanh, its even and its odd terms
  -0.3333333333333333, -0.05396825396743174, -0.008863234395418095, -0.0014556615775702365, -0.00023463104528300406,
  -2.0598556673275166e-5,
  0.13333333333332714, 0.021869488493563037, 0.003592110347096177, 0.0005889348072447028, 8.510707927354112e-5,
])
