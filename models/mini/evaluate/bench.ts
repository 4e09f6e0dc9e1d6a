/** The opened model with its parts, for scripts that look behind `run`: thresholds, probabilities, rules alone. */
import { findNumbers, findStrings, openModel, turns } from '@edgewise/engine'
import { type LinearHead, readLinear } from '@edgewise/student/linear'
import { type Dictionary, dictionary } from '../src/dictionary.ts'
import { protocolOf } from '../src/protocol.ts'
import type { Reader } from '../src/reading.ts'

export interface Bench extends Reader {
  readonly words: Dictionary
  readonly head: LinearHead | undefined
}

export async function openBench(bytes: Uint8Array): Promise<Bench> {
  const model = await openModel(bytes)
  const head = findNumbers(model.metadata, 'edgewise.mini.intents')
  return {
    model,
    protocol: protocolOf(model.tokenizer),
    turn: turns(),
    head: head instanceof Uint8Array ? readLinear(head) : undefined,
    words: dictionary(findStrings(model.metadata, 'edgewise.mini.words') ?? []),
  }
}
