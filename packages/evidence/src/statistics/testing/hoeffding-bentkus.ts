/** The other proven bound for losses in [0, 1], to hold betting against. */
import { binomialCdf } from '../binomial.ts'

/**
 * p-value of "the mean of losses in [0, 1] is at least alpha" (Hoeffding-Bentkus: Bates et al. 2021, Distribution-Free,
 * Risk-Controlling Prediction Sets, theorem 2): the smaller of Hoeffding's and Bentkus's bounds.
 */
export function hoeffdingBentkus(sum: number, n: number, alpha: number): number {
  const mean = Math.min(sum / n, alpha)
  const hoeffding = Math.exp(-n * divergence(mean, alpha))
  // A sum of floating-point numbers that should be whole must not be rounded up for its last bit.
  const bentkus = Math.E * binomialCdf(Math.ceil(sum - 1e-9), n, alpha)
  return Math.min(1, hoeffding, bentkus)
}

/** Kullback-Leibler divergence of two coins. */
function divergence(a: number, b: number): number {
  const term = (x: number, y: number): number => (x === 0 ? 0 : x * Math.log(x / y))
  return term(a, b) + term(1 - a, 1 - b)
}
