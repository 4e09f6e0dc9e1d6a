/**
 * How often a semantic cache answers wrongly: questions of three labelled sets, some kept, others asked. A question that finds a
 * kept one is a hit, a false one where the labels differ: the intent (CLINC150, whose out-of-scope questions fit nothing, and
 * Banking77), or the intent and the value of every slot (Snips). First the vectors alone, each at its own threshold for the
 * same share of hits; then what the cache does, by the policy's `minSimilarity`.
 *   cd bench && npm install --no-save && npm run cache         needs ../shared/tasks beside the project
 * The embedded model learned from the training parts of all three sets (Banking77's sentences without their labels, the whole file);
 * of CLINC150 its test part is used here, of Snips what its own split keeps from training is not told apart.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { embed } from '@edgewise/engine'
import { loadMini } from '@edgewise/mini'
import { contentOf, similarity, stretches } from '../../packages/edgewise/src/cache/meaning.ts'
import { type Question, type QuestionSet, questionSets } from './questions.ts'

/** Of all questions asked: where vectors are compared. */
const shares = [0.01, 0.02, 0.05, 0.1, 0.2]
const thresholds = [0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95]

/** What a question found: the nearest kept one, and whether that has its label. */
interface Found {
  readonly near: number
  readonly isRight: boolean
  readonly asked: string
  readonly kept: string
}

type Nearest = (kept: readonly string[], asked: readonly string[]) => Promise<{ near: number; at: number }[]>

const folder = fileURLToPath(new URL('../../../shared/tasks', import.meta.url))
if (!existsSync(folder)) {
  console.error(`there is no ${folder}: the labelled sets are not part of the project`)
  process.exit(2)
}
using mini = await loadMini()
const vectors: readonly (readonly [string, Nearest])[] = [
  ['embedded model, mean of states', byEmbedding((texts) => embed(mini.model, texts))],
  ['embedded model, last state', byEmbedding((texts) => embed(mini.model, texts, { pooling: 'last' }))],
  ['embedded model, state before an intent', byEmbedding((texts) => mini.embed(texts))],
  ['stretches of letters', byStretches],
]

const sets = questionSets(folder)
console.log(`False hits in % of hits, where so many % of the questions hit (threshold).\n`)
console.log(`| set | vectors | ${shares.map((share) => `${100 * share} %`).join(' | ')} |`)
console.log(`|---|---|${'---|'.repeat(shares.length)}`)
for (const set of sets) {
  for (const [name, nearest] of vectors) {
    const found = await look(set, nearest)
    found.sort((a, b) => b.near - a.near)
    const cells = shares.map((share) => {
      const hits = found.slice(0, Math.round(share * found.length))
      return `${falseShare(hits)} (${hits.at(-1)!.near.toFixed(2)})`
    })
    console.log(`| ${[set.name, name, ...cells].join(' | ')} |`)
  }
}

console.log(
  `\nWhat the cache does: hits in % of questions / false hits in % of them (their number), by minSimilarity.\n`,
)
console.log(`| set | asked, kept | ${thresholds.join(' | ')} |`)
console.log(`|---|---|${'---|'.repeat(thresholds.length)}`)
const wrong: (Found & { readonly set: string })[] = []
for (const set of sets) {
  const found = hitsOf(set)
  const cells = thresholds.map((least) => {
    const hits = found.filter(({ near }) => near >= least)
    const count = hits.filter(({ isRight }) => !isRight).length
    return `${percent(hits.length / set.asked.length)} / ${falseShare(hits)} (${count})`
  })
  wrong.push(...found.filter(({ isRight }) => !isRight).map((hit) => ({ ...hit, set: set.name })))
  console.log(`| ${[set.name, `${set.asked.length}, ${set.kept.length}`, ...cells].join(' | ')} |`)
}
console.log('\nThe false hits of the cache:')
for (const { near, set, asked, kept } of wrong.sort((a, b) => b.near - a.near)) {
  console.log(`  ${near.toFixed(2)} ${set}: ${asked} <-> ${kept}`)
}
console.log(`\n${mini.modelId}; Node ${process.versions.node}.`)

/** As the cache does it: of the kept questions with the same words of meaning, the nearest. */
function hitsOf({ asked, kept }: QuestionSet): Found[] {
  const byMeaning = Map.groupBy(kept, ({ text }) => contentOf(text))
  return asked.flatMap((question) => {
    const content = contentOf(question.text)
    const wordings = content === null ? [] : (byMeaning.get(content) ?? [])
    const found = wordings.map((other) => foundOf(question, other, similarity(question.text, other.text)))
    found.sort((a, b) => b.near - a.near)
    return found.slice(0, 1)
  })
}

async function look({ asked, kept }: QuestionSet, nearest: Nearest): Promise<Found[]> {
  const textsOf = (questions: readonly Question[]): string[] => questions.map(({ text }) => text)
  const found = await nearest(textsOf(kept), textsOf(asked))
  return found.map(({ near, at }, i) => foundOf(asked[i]!, kept[at]!, near))
}

function foundOf(asked: Question, kept: Question, near: number): Found {
  return { near, isRight: asked.label === kept.label, asked: asked.text, kept: kept.text }
}

function byEmbedding(vectorsOf: (texts: readonly string[]) => Promise<Float32Array[]>): Nearest {
  return async (kept, asked) => {
    const known = await vectorsOf(kept)
    return (await vectorsOf(asked)).map((vector) => {
      const near = known.map((other) => other.reduce((sum, value, i) => sum + value * vector[i]!, 0))
      return best(near)
    })
  }
}

/** `similarity` of all pairs, stretch by stretch. */
async function byStretches(kept: readonly string[], asked: readonly string[]): ReturnType<Nearest> {
  const places = new Map<string, { at: number; part: number }[]>()
  for (const [at, text] of kept.entries()) {
    for (const [stretch, part] of unit(text)) {
      const known = places.get(stretch)
      if (known) known.push({ at, part })
      else places.set(stretch, [{ at, part }])
    }
  }
  return asked.map((text) => {
    const near = new Array<number>(kept.length).fill(0)
    for (const [stretch, own] of unit(text)) {
      for (const { at, part } of places.get(stretch) ?? []) near[at]! += part * own
    }
    return best(near)
  })
}

function unit(text: string): [string, number][] {
  const counts = stretches(text)
  const length = Math.hypot(...counts.values())
  return [...counts].map(([stretch, count]) => [stretch, count / length])
}

function best(near: readonly number[]): { near: number; at: number } {
  let at = 0
  for (let i = 1; i < near.length; i++) if (near[i]! > near[at]!) at = i
  return { near: near[at]!, at }
}

function falseShare(hits: readonly Found[]): string {
  return hits.length === 0 ? '-' : percent(hits.filter(({ isRight }) => !isRight).length / hits.length)
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}
