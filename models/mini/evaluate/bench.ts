/** The opened model with its parts, for scripts that look behind `run`: thresholds, probabilities, rules alone. */
import { findStrings, type Model, openModel, PrefixCache, turns } from '@edgewise/engine'
import { type Dictionary, dictionary } from '../src/dictionary.ts'
import { type Protocol, protocolOf } from '../src/protocol.ts'
import { Reader } from '../src/reader.ts'

export interface Bench {
  readonly model: Model
  readonly protocol: Protocol
  readonly words: Dictionary
  /** Runs `work` with a reader of its own. */
  read<A>(work: (reader: Reader) => Promise<A>): Promise<A>
}

export async function openBench(bytes: Uint8Array): Promise<Bench> {
  const model = await openModel(bytes)
  const turn = turns()
  // Every reading stands alone: what is measured must not hang on what was read before.
  const cache = new PrefixCache(model, { maxBytes: 0 })
  return {
    model,
    protocol: protocolOf(model.tokenizer),
    words: dictionary(findStrings(model.metadata, 'edgewise.mini.words') ?? []),
    read: async (work) => {
      using reader = new Reader(cache, turn)
      return await work(reader)
    },
  }
}
