/**
 * How many of 4 x 10,000 test digits of MNIST the 85 functions of the default space get right after training by
 * themselves (12 epochs, batches of 128, four seeds), measured with a reference implementation in NumPy:
 * test/golden/headline.json.
 */
export const RECORDED_TRUTH: readonly number[] = [
  4540, 37397, 18365, 37760, 36815, 37397, 24568, 37655, 36815, 37403, 37505, 37825, 37148, 37557, 36120, 37803, 37217,
  37747, 37579, 37790, 37817, 37148, 37222, 37821, 36815, 22768, 6468, 15205, 25533, 37506, 37508, 37646, 37510, 35535,
  30503, 35492, 35334, 37648, 37801, 37737, 37818, 37225, 37223, 37153, 37077, 37784, 14053, 37747, 37626, 37819, 37663,
  37896, 37734, 37636, 34036, 37619, 37273, 37806, 37737, 37869, 37740, 37858, 37358, 37857, 37743, 36815, 23583, 37356,
  36581, 37148, 37515, 37677, 37196, 37217, 36460, 37226, 36901, 37817, 37724, 37731, 37811, 36815, 37045, 37437, 36726,
]

/** Mean tau of the arms with that implementation, over 5 to 10 seeds. */
export const RECORDED_TAU: Readonly<Record<string, number>> = {
  SPOS: 0.5705,
  'PA&DA': 0.6809,
  FairNAS: 0.573,
  'paths only': 0.6741,
  'data only': 0.5717,
  'PA&DA, tau at most 0.5': 0.6765,
  'PA&DA with weights': 0.5895,
  'drift without norms': 0.6708,
  'drift and data': 0.6799,
}
