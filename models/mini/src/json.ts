/** `json`: the Snips intent, and the slots as spans of the text. The JSON is built here, so it is always valid. */
import { type Reader, read } from './reading.ts'
import { argmax, type Tally } from './score.ts'
import { slotsOf } from './snips.ts'
import { decodeSpans } from './spans.ts'

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

export async function json(reader: Reader, text: string, decisions: Tally): Promise<JsonAnswer> {
  const { intents, slots: marks } = reader.protocol
  const units = reader.protocol.units(text)
  const question = { whole: intents.map(({ id }) => id), each: marks.ids }
  const reading = await read(reader, 'json', units, question)
  const best = argmax(reading.whole)
  const chosen = intents[best]!.name
  decisions.add(reading.whole[best]!)
  const allowed = marks.names.flatMap((name, k) => (slotsOf[chosen]?.includes(name) ? [k] : []))
  const spans = decodeSpans(units, reading, marks, decisions, { allowed })
  return {
    intent: chosen,
    slots: spans.map(({ type, start, end }) => ({ name: type, value: text.slice(start, end), start, end })),
  }
}

/** The answer as text: without offsets, which only `data` carries. */
export function jsonText({ intent, slots }: JsonAnswer): string {
  return JSON.stringify({ intent, slots: slots.map(({ name, value }) => ({ name, value })) })
}
