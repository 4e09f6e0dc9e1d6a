/** Which of a list of texts may stand in a sentence: the one the model, reading the sentence with it, finds most probably right. */
import { type Reader, read } from './reading.ts'
import { argmax, logSoftmax } from './score.ts'

/** A text that may stand there, and the log-probability it is to lose. */
export interface Choice {
  readonly text: string
  readonly cost: number
}

/** Candidates that are read, those of the least cost: each is a pass. */
const MOST_READ = 12
/** UTF-16 units of text read on either side of it. */
const AROUND = 160

/**
 * The best of all `choices` but the first, which is what stands there now: its log-probability among them, and by how much the sentence
 * with it is more probably right than as it stands. What counts of a sentence is the lowest log-probability of being right of the
 * words put in, less the cost where choices are held against each other. Throws as `read`.
 */
export async function bestReplacement(
  reader: Reader,
  before: string,
  after: string,
  choices: readonly Choice[],
): Promise<{ readonly text: string; readonly logprob: number; readonly gain: number }> {
  const [standing, ...others] = choices as readonly [Choice, ...Choice[]]
  const tried = others.sort((a, b) => a.cost - b.cost).slice(0, MOST_READ)
  const left = before.slice(cutAt(before, -AROUND))
  const right = after.slice(0, cutAt(after, AROUND))
  const rights: number[] = []
  for (const { text } of tried) rights.push(await rightness(reader, left, text, right))
  const logprobs = logSoftmax(tried.map(({ cost }, i) => rights[i]! - cost))
  const best = argmax(logprobs)
  const gain = rights[best]! - (await rightness(reader, left, standing.text, right))
  return { text: tried[best]!.text, logprob: logprobs[best]!, gain }
}

/** The lowest log-probability of being right of the units of `text` where it stands. */
async function rightness(reader: Reader, left: string, text: string, right: string): Promise<number> {
  const { protocol } = reader
  const units = protocol.units(left + text + right)
  const { units: judged } = await read(reader, 'fix', units, { each: protocol.fixes })
  const [start, end] = [left.length, left.length + text.length]
  let lowest = 0
  for (const [i, unit] of units.entries())
    if (judged[i] && unit.end > start && unit.start < end) lowest = Math.min(lowest, judged[i]![0]!)
  return lowest
}

/** A place near `at` (from the end where it is below 0) at white space; all of a short text. */
function cutAt(text: string, at: number): number {
  if (Math.abs(at) >= text.length) return at < 0 ? 0 : text.length
  const from = at < 0 ? text.length + at : at
  const space = text.indexOf(' ', from)
  return space === -1 || space - from > 40 ? from : space
}
