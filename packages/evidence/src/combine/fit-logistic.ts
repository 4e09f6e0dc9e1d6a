/**
 * Logistic regression with shrinkage: features of an answer -> the probability that it is right. Features are taken as ranks, and their
 * weights are drawn towards 0 (ridge), by a strength that is chosen by cross-validation, so that few items do not make bold weights.
 */
import { type Combination, rankAmong } from './combination.ts'

export interface Example {
  /** One number a feature. */
  readonly features: readonly number[]
  /** 1 right, 0 wrong, or a score between. */
  readonly right: number
}

/** In units of the number of examples: from almost none to almost nothing but the mean. */
const STRENGTHS = [0.0001, 0.001, 0.01, 0.1]
const FOLDS = 5
const STEPS = 25
const KNOTS = 33

/** `names`: of the features, in the order of the examples'. There must be examples. */
export function fitLogistic(names: readonly string[], examples: readonly Example[]): Combination {
  const strength = STRENGTHS.map((candidate) => ({
    candidate,
    loss: crossValidated(examples, candidate),
  })).reduce((best, next) => (next.loss < best.loss ? next : best)).candidate
  const { knots, weights } = fit(examples, strength)
  return {
    kind: 'logistic',
    intercept: weights[0]!,
    features: names.map((name, i) => ({ name, knots: knots[i]!, weight: weights[i + 1]! })),
  }
}

/** Mean log-loss of examples on which the model was not fitted. */
function crossValidated(examples: readonly Example[], strength: number): number {
  let loss = 0
  for (let fold = 0; fold < FOLDS; fold++) {
    const { knots, weights } = fit(
      examples.filter((_, i) => i % FOLDS !== fold),
      strength,
    )
    for (let i = fold; i < examples.length; i += FOLDS) {
      const { features, right } = examples[i]!
      const p = sigmoid(dot(weights, ranks(features, knots)))
      loss -= right * Math.log(Math.max(p, 1e-12)) + (1 - right) * Math.log(Math.max(1 - p, 1e-12))
    }
  }
  return loss / examples.length
}

interface Fit {
  /** Of each feature. */
  readonly knots: readonly (readonly number[])[]
  /** The intercept, then one a feature. */
  readonly weights: readonly number[]
}

/** Newton's method on the penalised log-likelihood; the intercept is not shrunk. */
function fit(examples: readonly Example[], strength: number): Fit {
  const knots = examples[0]!.features.map((_, i) => quantiles(examples.map(({ features }) => features[i]!)))
  const rows = examples.map(({ features }) => [1, ...ranks(features, knots)])
  const size = knots.length + 1
  const penalty = strength * examples.length
  let weights = new Array<number>(size).fill(0)
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight, j) => (j === 0 ? 0 : -penalty * weight))
    const curvature = weights.map((_, j) => weights.map((_, k) => (j === k ? (j === 0 ? 1e-9 : penalty) : 0)))
    rows.forEach((row, i) => {
      const p = sigmoid(row.reduce((sum, x, j) => sum + x * weights[j]!, 0))
      const certainty = p * (1 - p)
      for (let j = 0; j < size; j++) {
        gradient[j]! += (examples[i]!.right - p) * row[j]!
        for (let k = 0; k < size; k++) curvature[j]![k]! += certainty * row[j]! * row[k]!
      }
    })
    const move = solve(curvature, gradient)
    // A step of Newton's may be too long where the curve is flat.
    const longest = Math.max(1, ...move.map((by) => Math.abs(by) / 3))
    weights = weights.map((weight, j) => weight + move[j]! / longest)
    if (Math.max(...move.map(Math.abs)) < 1e-9) break
  }
  return { knots, weights }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const dot = ([intercept, ...weights]: readonly number[], features: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight * features[i]!, intercept!)

const ranks = (features: readonly number[], knots: Fit['knots']): number[] =>
  features.map((value, i) => rankAmong(knots[i]!, value) - 0.5)

function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: KNOTS }, (_, i) => sorted[Math.round((i / (KNOTS - 1)) * (sorted.length - 1))]!)
}

/** x of a x = b, a positive definite: Cholesky's method. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = b.length
  const lower = a.map(() => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j]![j]!
    }
  const y: number[] = []
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * y[k]!
    y.push(sum / lower[i]![i]!)
  }
  const x = new Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i]!
    for (let k = i + 1; k < n; k++) sum -= lower[k]![i]! * x[k]!
    x[i] = sum / lower[i]![i]!
  }
  return x
}
