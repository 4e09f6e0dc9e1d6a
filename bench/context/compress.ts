/**
 * Compression: what is lost at several shares, by what words are left out by. First the intents of CLINC150's validation part, which the
 * embedded model reads from what is left: a task that any word can matter to, and judged by another model where --model names one.
 * Then prose: what of its numbers, negations, names and information is still there.
 *   cd bench && npm run compress -- [--model=file.gguf] [--items=3000] [--documents=60]
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { loadMini } from '../../models/mini/src/index.ts'
import { compressTexts } from '../../packages/edgewise/src/prepare/compress/compress-texts.ts'
import { type ScoredToken, tokenScorer } from '../../packages/edgewise/src/prepare/compress/token-scorer.ts'
import { openModel, seededRandom } from '../../packages/engine/src/index.ts'
import { table } from '../speed/tables.ts'
import { documentsOf } from './retrieval-sets.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: '' },
    items: { type: 'string', default: '3000' },
    documents: { type: 'string', default: '60' },
  },
})
const shares = [0.9, 0.7, 0.5]
using mini = await loadMini()
using own = values.model === '' ? null : await openModel(readFileSync(values.model), { threads: 1 })
const name = own === null ? mini.modelId : basename(values.model, '.gguf')
const scorer =
  own === null ? tokenScorer(mini.model, { prefix: '<|im_start|>user\n<|complete|>' }) : tokenScorer(own)
const random = seededRandom(7)

interface Scored {
  readonly text: string
  readonly tokens: readonly ScoredToken[]
}

interface Way {
  readonly tokensOf: (scored: Scored) => readonly ScoredToken[]
  /** Which words go before all others; the product's function words when not given. */
  readonly goesFirst?: (word: string) => boolean
}

const byInformation = ({ tokens }: Scored): readonly ScoredToken[] => tokens
const byChance = ({ tokens }: Scored): readonly ScoredToken[] =>
  tokens.map((token) => ({ ...token, logprob: -random() }))
const none = (): boolean => false
const ways: Readonly<Record<string, Way>> = {
  'function words, then information': { tokensOf: byInformation },
  'function words, then chance': { tokensOf: byChance },
  'information alone': { tokensOf: byInformation, goesFirst: none },
  'chance alone': { tokensOf: byChance, goesFirst: none },
}
const compressed = (one: Scored, keep: number, { tokensOf, goesFirst }: Way) =>
  compressTexts([{ text: one.text, tokens: tokensOf(one), pins: [] }], keep, goesFirst)

async function intents(): Promise<void> {
  const path = new URL('../../../shared/tasks/clinc150/data.json', import.meta.url)
  const { val } = JSON.parse(readFileSync(path, 'utf8')) as { val: (readonly [string, string])[] }
  const step = Math.max(1, Math.floor(val.length / Number(values.items)))
  const items = val.filter((_, i) => i % step === 0)
  const scored = await scoredOf(items.map(([text]) => text))
  const accuracy = async (texts: readonly string[]): Promise<string> => {
    let right = 0
    for (const [i, text] of texts.entries()) {
      const run = mini.run('intent', text)
      let step = await run.next()
      while (!step.done) step = await run.next()
      const { label } = step.value.data as { label: string }
      if (label === items[i]![1]) right++
    }
    return ((100 * right) / texts.length).toFixed(1)
  }
  console.log(
    `\n${items.length} requests, right as they are: ${await accuracy(items.map(([text]) => text))} %\n`,
  )
  const rows: string[][] = []
  for (const [title, way] of Object.entries(ways)) {
    const row = [title]
    for (const keep of shares) {
      const short = scored.map((one) => compressed(one, keep, way))
      const kept = sum(short.map(({ keptTokens }) => keptTokens)) / sum(short.map(({ tokens }) => tokens))
      row.push(`${await accuracy(short.map(({ texts }) => texts[0]!))} (${percent(kept)} kept)`)
    }
    rows.push(row)
  }
  console.log(table([`intents right, %; by ${name}`, ...shares.map((keep) => `keep ${keep}`)], rows))
}

async function prose(): Promise<void> {
  const texts = documentsOf('usgov/docs.jsonl.gz', 'test')
    .filter(({ text }) => text.length > 1500)
    .slice(0, Number(values.documents))
    .map(({ text }) => text.slice(0, 6000))
  const scored = await scoredOf(texts)
  const rows: string[][] = []
  for (const keep of shares) {
    for (const [title, way] of Object.entries(ways)) {
      const short = scored.map((one) => compressed(one, keep, way))
      const left = short.map(({ texts }) => texts[0]!)
      const kept = sum(short.map(({ keptTokens }) => keptTokens)) / sum(short.map(({ tokens }) => tokens))
      const bits = sum(scored.map((one, i) => informationLeft(one, left[i]!))) / sum(scored.map(information))
      const words = (wanted: (text: string) => string[]): string =>
        percent(
          sum(texts.map((text, i) => survivors(wanted(text), left[i]!))) /
            sum(texts.map((text) => wanted(text).length)),
        )
      rows.push([
        `${keep}, ${title}`,
        percent(kept),
        percent(bits),
        words(numbers),
        words(negations),
        words(names),
      ])
    }
  }
  console.log(`\n${texts.length} documents of the US government, up to 6,000 characters of each\n`)
  console.log(table(['share, by', 'tokens', 'information', 'numbers', 'negations', 'names'], rows))
}

async function scoredOf(texts: readonly string[]): Promise<Scored[]> {
  const scored: Scored[] = []
  for (const text of texts) scored.push({ text, tokens: await scorer.tokens(text) })
  return scored
}

const numbers = (text: string): string[] => text.match(/\S*\d\S*/g) ?? []
const negations = (text: string): string[] =>
  text.match(/\b(?:not|no|never|without|cannot|\w+n['’]t)\b/gi) ?? []
/** Words with a capital behind a small letter or a comma. */
const names = (text: string): string[] => text.match(/(?<=[a-z,;] )\p{Lu}\p{Ll}+/gu) ?? []

const information = ({ tokens }: Scored): number => -sum(tokens.map(({ logprob }) => logprob))

/** Of the words that are still there, however often each is. */
function informationLeft({ text, tokens }: Scored, left: string): number {
  const words = new Map<string, number>()
  for (const [word] of left.matchAll(/\S+/g)) words.set(word, (words.get(word) ?? 0) + 1)
  let kept = 0
  let token = 0
  for (const { index, 0: word } of text.matchAll(/\S+/g)) {
    const count = words.get(word) ?? 0
    words.set(word, count - 1)
    for (; token < tokens.length && tokens[token]!.end <= index + word.length; token++) {
      if (count > 0) kept -= tokens[token]!.logprob
    }
  }
  return kept
}

function survivors(wanted: readonly string[], left: string): number {
  const counts = new Map<string, number>()
  for (const word of wanted) counts.set(word, (counts.get(word) ?? 0) + 1)
  return sum([...counts].map(([word, count]) => Math.min(count, left.split(word).length - 1)))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

await intents()
await prose()
