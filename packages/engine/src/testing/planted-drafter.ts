/**
 * A drafter that knows how the text goes on and is right as often as it is told to be: what measures and checks decoding
 * with drafts on models of random weights, which copy nothing.
 */
import type { Drafter } from '../generate/drafter.ts'
import { seededRandom } from '../generate/random.ts'

export interface Planted {
  /** The prompt's tokens and those that will follow. */
  readonly promptTokens: number
  readonly ids: readonly number[]
  /** How probable each drafted token is to be right, 0 to 1, independent of the others. */
  readonly acceptance: number
  readonly vocabulary: number
  readonly seed?: number
}

export function plantedDrafter({ promptTokens, ids, acceptance, vocabulary, seed = 1 }: Planted): Drafter {
  const random = seededRandom(seed)
  return {
    propose(text, most) {
      const at = text.length - promptTokens
      const right = ids.slice(at, at + most)
      return { ids: right.map((id) => (random() < acceptance ? id : (id + 1) % vocabulary)) }
    },
  }
}
