/** `json`: the Snips intent, then the slots as spans of the text. The JSON is built here, so it is always valid. */
import type { Protocol } from './protocol.ts'
import type { Reader } from './reader.ts'
import { argmax, logSoftmax, type Tally } from './score.ts'
import { slotsOf } from './snips.ts'
import { decodeSpans, roomFor } from './spans.ts'

export interface JsonAnswer {
  readonly intent: string
  readonly slots: readonly Slot[]
}

export type Slot = {
  readonly name: string
  /** text.slice(start, end). */
  readonly value: string
  readonly start: number
  readonly end: number
}

export async function json(
  reader: Reader,
  protocol: Protocol,
  text: string,
  decisions: Tally,
): Promise<JsonAnswer> {
  const units = protocol.units(text)
  const prompt = protocol.prompt('json', units)
  reader.mustFit(prompt.length + 1 + roomFor(units))
  const logits = await reader.after(prompt)
  const scores = logSoftmax(protocol.intents.map((tag) => logits[tag.id]!))
  const chosen = protocol.intents[argmax(scores)]!
  decisions.add(Math.max(...scores))
  const tags = protocol.slots.filter((slot) => slotsOf[chosen.name]?.includes(slot.name))
  const task = { prefix: [...prompt, chosen.id], units, tags }
  const spans = await decodeSpans(reader, protocol, task, decisions)
  return {
    intent: chosen.name,
    slots: spans.map(({ type, start, end }) => ({ name: type, value: text.slice(start, end), start, end })),
  }
}

/** The answer as text: without offsets, which only `data` carries. */
export function jsonText({ intent, slots }: JsonAnswer): string {
  return JSON.stringify({ intent, slots: slots.map(({ name, value }) => ({ name, value })) })
}
