/**
 * What several tokens a pass are worth: decoding with drafts against plain decoding of the same tokens, interleaved in one
 * run, on the shape of Llama-3.2-1B with random weights. Such a model copies nothing, so that copies are planted: a
 * drafter knows the text and is right about each token with the probability a row says; the time is the engine's own,
 * and the tokens must be the same. The last rows are texts without copies, where drafts can only cost.
 *   cd bench && npm install --no-save && npm run speculation -- --model=llama-3.2-1b --type=q4_k_m --threads=1 --tokens=128
 * Run it on a machine that does nothing else: the line under the table tells the load it saw.
 */
import { open } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import {
  type Drafter,
  generate,
  handleSource,
  type Model,
  openModel,
} from '../../packages/engine/src/index.ts'
import type { Session } from '../../packages/engine/src/model/session.ts'
import { plantedDrafter } from '../../packages/engine/src/testing/planted-drafter.ts'
import { describeMachine } from './machine/processes.ts'
import { modelFile } from './models/files.ts'
import { label, type ModelName, types } from './models/shapes.ts'
import { textOf } from './runners/runner.ts'
import { digits, median, spread } from './statistics.ts'
import { table } from './tables.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'llama-3.2-1b' },
    type: { type: 'string', default: 'q4_k_m' },
    threads: { type: 'string', default: '1' },
    layers: { type: 'string' },
    tokens: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
  },
})
const type = types.find((name) => name === values.type)
if (!type) throw new Error(`type is ${values.type}: it can be ${types.join(', ')}`)
const layers = values.layers === undefined ? {} : { layers: Number(values.layers) }
const shape = { name: values.model as ModelName, type, ...layers }
const [threads, count, rounds] = [Number(values.threads), Number(values.tokens), Number(values.rounds)]
const prompt = textOf(32)

interface Turn {
  readonly ids: readonly number[]
  readonly perSecond: number
  readonly drafted: number
  readonly accepted: number
}

interface Case {
  readonly label: string
  readonly temperature: number
  /** The drafter of a turn, when the tokens of plain decoding are known; the engine's own when not given. */
  readonly drafter?: (ids: readonly number[], model: Model, round: number) => Drafter
}

const planted = (acceptance: number): Case => ({
  label: `copies, ${acceptance} of drafted tokens hold`,
  temperature: 0,
  drafter: (ids, model, round) =>
    plantedDrafter({
      promptTokens: prompt.length,
      ids,
      acceptance,
      vocabulary: model.tokenizer.size,
      seed: round,
    }),
})

const cases: Case[] = [
  planted(0.97),
  planted(0.9),
  planted(0.8),
  planted(0.5),

  planted(0),
  { label: 'no copies, drafts from the text', temperature: 2 },
]

const before = loadavg()[0]!
const { path } = await modelFile(shape)
const rows: string[][] = []
for (const [i, one] of cases.entries()) {
  // A model of its own: what the engine has learned of costs begins anew.
  await using file = await open(path)
  using model = await openModel(await handleSource(file, path), { backend: 'wasm', threads })
  using session = model.session()
  const plain = await turn(session, one, false)
  const speeds: { plain: number; drafted: Turn }[] = []
  for (let round = 0; round < rounds; round++) {
    const drafted = await turn(session, one, one.drafter?.(plain.ids, model, round))
    const again = await turn(session, one, false)
    if (drafted.ids.some((id, at) => id !== plain.ids[at]))
      throw new Error(`other tokens with drafts: ${one.label}`)
    speeds.push({ plain: again.perSecond, drafted })
  }
  rows.push([
    one.label,
    spread(speeds.map((speed) => speed.plain)),
    spread(speeds.map(({ drafted }) => drafted.perSecond)),
    spread(speeds.map((speed) => speed.drafted.perSecond / speed.plain)),
    `${digits(median(speeds.map(({ drafted }) => drafted.accepted)))} of ${digits(median(speeds.map(({ drafted }) => drafted.drafted)))}`,
  ])
  process.stderr.write(`${i + 1} of ${cases.length}\n`)
}
console.log(table(['text', 'plain, tokens/s', 'with drafts, tokens/s', 'ratio', 'drafts that held'], rows))
console.log(`
${label(shape)}${values.layers ? ` of ${values.layers} layers` : ''}, ${threads} thread${threads > 1 ? 's' : ''}, ${rounds} interleaved rounds of ${count} tokens,
median (least-most). ${describeMachine()}. Load average ${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`)

async function turn(
  session: Session,
  { temperature }: Case,
  draft: Drafter | false | undefined,
): Promise<Turn> {
  const given = generate(session, prompt, {
    maxTokens: count,
    temperature,
    seed: 1,
    stopTokens: [],
    ...(draft === undefined ? {} : { draft }),
  })
  const ids: number[] = []
  let step = await given.next()
  for (; !step.done; step = await given.next()) ids.push(step.value.id)
  const { decodeMs, draftTokens, acceptedDraftTokens } = step.value
  return {
    ids,
    perSecond: ((count - 1) * 1000) / decodeMs,
    drafted: draftTokens,
    accepted: acceptedDraftTokens,
  }
}
