/**
 * Selection: how much of the text that a question needs is still there, at several budgets, by what the passages are ranked by. The
 * whole step is run on whole calls; only the ranking differs. Then how far the estimate of tokens is from real vocabularies.
 *   cd bench && npm run select -- [--by=embeddings] [--model=file.gguf] [--sets=commands,sentences,blanks] [--items=1000] [--part=test]
 * `--by=likelihood`: the model's likelihood of the question behind each of BM25's best passages, as `score` of selectContext has it. `--by=`: BM25 alone.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { estimateTokens } from '../../packages/edgewise/src/prepare/select/estimate-tokens.ts'
import { likelihoodScorer } from '../../packages/edgewise/src/prepare/select/passage-scorer.ts'
import { bestOf, rerank } from '../../packages/edgewise/src/prepare/select/rerank.ts'
import { selectBy, selectContext } from '../../packages/edgewise/src/prepare/select/select-context.ts'
import { openModel, readGguf, Tokenizer } from '../../packages/engine/src/index.ts'
import { median } from '../speed/statistics.ts'
import { table } from '../speed/tables.ts'
import { blanks, commands, documentsOf, type Part, type RetrievalItem, sentences } from './retrieval-sets.ts'
import * as by from './scores.ts'

const mini = fileURLToPath(new URL('../../models/mini/edgewise-mini.gguf', import.meta.url))
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: mini },
    items: { type: 'string', default: '1000' },
    by: { type: 'string', default: 'embeddings' },
    sets: { type: 'string', default: 'commands,sentences,blanks' },
    part: { type: 'string', default: 'test' },
  },
})
const [most, part] = [Number(values.items), values.part as Part]
const budgets = [500, 1000, 2000, 4000]
using model = await openModel(readFileSync(values.model), { threads: 1 })
const name = basename(values.model, '.gguf')
const embedding = by.byEmbedding(model)
const likelihood = likelihoodScorer(model)
/** Milliseconds a call that the likelihood took. */
const scoring: number[] = []
const chance = by.byChance()

for (const [set, make] of Object.entries({ commands, sentences, blanks })) {
  if (!values.sets.split(',').includes(set)) continue
  const all = make(part)
  const step = Math.max(1, Math.floor(all.length / most))
  const items = all.filter((_, i) => i % step === 0).slice(0, most)
  const recalls = new Map<string, number[]>()
  let tokens = 0
  const times: number[] = []
  for (const item of items) {
    const began = performance.now()
    await selectContext(callOf(item), { maxTokens: budgets[1]! })
    times.push(performance.now() - began)
    for (const [way, scores] of Object.entries(await ways(item))) {
      const sums = recalls.get(way) ?? budgets.map(() => 0)
      recalls.set(way, sums)
      for (const [i, maxTokens] of budgets.entries()) {
        const { call, facts } = await selectBy(async () => scores, callOf(item), { maxTokens })
        const kept = contextOf(call)
        sums[i]! += item.needed.filter((text) => kept.includes(text)).length / item.needed.length
        if (way === 'BM25' && i === 0) tokens += facts!.tokens
      }
    }
  }
  console.log(
    `\n${set}: ${items.length} questions, ${Math.round(tokens / items.length)} tokens a call on average, selected in ${median(times).toFixed(1)} ms\n`,
  )
  console.log(
    table(
      ['recall of what is needed, %', ...budgets.map((budget) => `${budget} tokens`)],
      [...recalls].map(([way, sums]) => [way, ...sums.map((sum) => ((100 * sum) / items.length).toFixed(1))]),
    ),
  )
}
if (scoring.length > 0) console.log(`\nlikelihood: ${Math.round(median(scoring))} ms a call, one thread`)
await estimates()

async function ways(item: RetrievalItem): Promise<Record<string, by.Scores>> {
  let passages: readonly string[] = []
  await selectBy(
    async (_, found) => {
      passages = found
      return found.map(() => 0)
    },
    callOf(item),
    { maxTokens: budgets[0]! },
  )
  const { question } = item
  const words = await by.byWords(question, passages)
  const scores: Record<string, by.Scores> = {
    'the first': await by.byPlace(question, passages),
    chance: await chance(question, passages),
    BM25: words,
  }
  if (values.by === 'embeddings') {
    const near = await embedding(question, passages)
    scores[`embeddings of ${name}`] = near
    scores['BM25 and embeddings, rank fusion'] = by.rankFusion(words, near)
    for (const weight of [0.1, 0.5]) {
      scores[`BM25 and embeddings, z, weight ${weight}`] = by.standardFusion(words, near, weight)
    }
  }
  if (values.by === 'likelihood') {
    const best = bestOf(words)
    const began = performance.now()
    const opinion = await likelihood.score(
      question,
      best.map((i) => passages[i]!),
    )
    scoring.push(performance.now() - began)
    for (const weight of [0.25, 0.5, 1]) {
      scores[`BM25 and likelihood by ${name}, weight ${weight}`] = rerank(words, best, opinion, weight)
    }
    scores[`likelihood by ${name} in BM25's best`] = rerank(words, best, opinion, 1e9)
  }
  return scores
}

type Call = Parameters<typeof selectBy>[1]

/** As a tool gives it: the question, then a result of several texts. */
function callOf({ question, documents }: RetrievalItem): Call {
  const value = documents.map((text) => ({ type: 'text' as const, text }))
  const result = {
    type: 'tool-result' as const,
    toolCallId: '1',
    toolName: 'search',
    output: { type: 'content' as const, value },
  }
  return {
    prompt: [
      { role: 'user', content: [{ type: 'text', text: question }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: 'search', input: {} }] },
      { role: 'tool', content: [result] },
    ],
  }
}

function contextOf({ prompt }: Call): string {
  const message = prompt.at(-1)!
  const part = message.role === 'tool' ? message.content[0] : undefined
  if (part?.type !== 'tool-result' || part.output.type !== 'content') return ''
  return part.output.value.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

async function estimates(): Promise<void> {
  const rows: string[][] = []
  for (const file of ['ggml-vocab-gpt-2', 'ggml-vocab-llama-spm']) {
    const path = new URL(`../../../shared/vocab/${file}.gguf`, import.meta.url)
    const tokenizer = await Tokenizer.open(readGguf(readFileSync(path)).metadata)
    for (const source of ['tldr/pages.jsonl.gz', 'usgov/docs.jsonl.gz']) {
      const ratios = documentsOf(source, 'tune')
        .map(({ text }) => estimateTokens(text) / tokenizer.encode(text).length)
        .sort((a, b) => a - b)
      const at = (share: number): string => ratios[Math.floor(share * (ratios.length - 1))]!.toFixed(2)
      rows.push([file, source, String(ratios.length), at(0), at(0.01), at(0.5), at(1)])
    }
  }
  console.log('\nestimated by real tokens, a text\n')
  console.log(table(['vocabulary', 'texts', 'count', 'least', '1 %', 'median', 'most'], rows))
}
