export { largest, largest32, nonFinite, nonFinite32, peak, peak32, squaredNorm, squaredNorm32 } from './scans'
