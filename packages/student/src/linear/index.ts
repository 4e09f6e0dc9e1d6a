/** Linear heads, for any host: nothing here needs Node. */
export {
  type CrossFitOptions,
  type CrossFitted,
  crossFit,
  FEWEST_TEXTS,
} from './cross-fit.ts'
export { readLinear } from './read-linear.ts'
export { conflictsOf, trainLinear } from './train-linear.ts'
export type { LinearAnswer, LinearExample, LinearHead, LinearOptions } from './types.ts'
