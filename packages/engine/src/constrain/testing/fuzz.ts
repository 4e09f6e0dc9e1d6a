/** One round of the promise: drawn texts parse and validate, valid values are accepted, the budget holds. */
import { expect } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { compileConstraint } from '../compile.ts'
import type { TokenBytes } from '../mask/vocabulary.ts'
import { hasNameTwice } from './accepts.ts'
import { draw } from './draw.ts'
import { judge } from './judge.ts'
import { randomOf, randomSchema } from './random-schema.ts'

export interface Round {
  /** Texts drawn, and values whose text was read. */
  readonly drawn: number
  readonly read: number
}

/** Draws a schema, texts and values by `seed`. A failure names seed, schema and text. */
export function fuzzRound(seed: number, tokenizers: readonly TokenBytes[], round: Round): void {
  const next = seededRandom(seed)
  const random = randomOf(next)
  const { schema, value } = randomSchema(random)
  const about = (text: string) => `seed ${seed}, ${JSON.stringify(schema)}: ${text}`
  const validate = judge(schema)
  const whitespace = random.chance(0.4) ? 'compact' : 'flexible'
  const constraint = compileConstraint({ jsonSchema: schema, whitespace }, random.pick(tokenizers))
  for (let i = 0; i < round.read; i++) {
    const text = JSON.stringify(value(0))
    if (!validate(JSON.parse(text))) throw new Error(`the test's own value is not valid: ${about(text)}`)
    if (!constraint.start().read(text)?.isComplete) expect.fail(`not accepted: ${about(text)}`)
  }
  for (let i = 0; i < round.drawn; i++) {
    const budget = constraint.minTokens + random.below(80)
    const { text, tokens } = draw(constraint, next, budget)
    if (tokens > budget) expect.fail(`${tokens} tokens of ${budget}: ${about(text)}`)
    if (!validate(JSON.parse(text))) expect.fail(`not valid: ${about(text)}`)
    if (hasNameTwice(text)) expect.fail(`a name twice: ${about(text)}`)
  }
}
