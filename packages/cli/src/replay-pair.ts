/** Which two models of a trace a replay is about: those that are named, or where there are just two, the cheaper one on the device. */
import type { ModelPair, TraceItem } from '@edgewise/evidence'
import { printable } from './printable.ts'

/** No pair, or one that the trace has no answers of. Codes `replay_which_models`, `replay_unknown_model`. */
export class ReplayPairError extends Error {
  override readonly name: string = 'ReplayPairError'
  readonly code: 'replay_which_models' | 'replay_unknown_model'
  constructor(code: ReplayPairError['code'], message: string) {
    super(message)
    this.code = code
  }
}

interface Seen {
  readonly name: string
  answers: number
  costed: number
  usd: number
}

const MOST_NAMES = 12

/** Reads all of `items`, to know what is in them; returns null when there are none. Throws ReplayPairError. */
export async function findPair(
  items: AsyncIterable<TraceItem>,
  { device, cloud }: Partial<ModelPair>,
): Promise<ModelPair | null> {
  const seen = new Map<string, Seen>()
  let count = 0
  for await (const { models } of items) {
    count++
    for (const [name, { costUsd }] of Object.entries(models)) {
      const one = seen.get(name) ?? { name, answers: 0, costed: 0, usd: 0 }
      seen.set(name, one)
      one.answers++
      if (costUsd === null) continue
      one.costed++
      one.usd += costUsd
    }
  }
  if (count === 0) return null
  for (const name of [device, cloud])
    if (name !== undefined && !seen.has(name))
      throw new ReplayPairError(
        'replay_unknown_model',
        `the trace has no answer of ${printable(name)}: name one of ${listed(seen)}`,
      )
  if (device !== undefined && cloud !== undefined) return { device, cloud }
  const [one, other] = [...seen.values()]
  if (seen.size !== 2 || one === undefined || other === undefined || mean(one) === mean(other))
    throw new ReplayPairError(
      'replay_which_models',
      `name the two models with --device and --cloud: the trace has ${listed(seen)}`,
    )
  const [cheap, dear] = mean(one) < mean(other) ? [one.name, other.name] : [other.name, one.name]
  const rest = (name: string): string => (name === cheap ? dear : cheap)
  return {
    device: device ?? (cloud === undefined ? cheap : rest(cloud)),
    cloud: cloud ?? (device === undefined ? dear : rest(device)),
  }
}

/** Dollars an answer; one whose costs nobody knows is free, as a device's are. */
const mean = ({ usd, costed }: Seen): number => (costed === 0 ? 0 : usd / costed)

function listed(seen: ReadonlyMap<string, Seen>): string {
  const names = [...seen.values()].map(({ name, answers }) => `${printable(name)} (${answers})`)
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : ''
  return names.slice(0, MOST_NAMES).join(', ') + more
}
