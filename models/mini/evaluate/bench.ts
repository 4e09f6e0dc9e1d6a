/** The opened model with its parts, for scripts that look behind `run`: thresholds, probabilities, rules alone. */
import { findStrings, type Model, openModel, turns } from '@edgewise/engine'
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
  return {
    model,
    protocol: protocolOf(model.tokenizer),
    words: dictionary(findStrings(model.metadata, 'edgewise.mini.words') ?? []),
    read: async (work) => {
      using reader = new Reader(model, turn)
      return await work(reader)
    },
  }
}
