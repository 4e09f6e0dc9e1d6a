/**
 * llama.cpp as the judge of the engine on a file of yours: the tokens of a few prompts, 64 greedy tokens after each, and every
 * logit on the way. Beside ours stands llama.cpp itself with its SSE 4.2 backend: real models carry a rounding that fell the
 * other way on to their logits, and no two orders of addition agree better than that.
 * The exit status is 1 when prompts are tokenised differently, or our logits are on average half as much again away.
 *   cd bench && npm install --no-save && npm run judge:file -- model.gguf
 */
import { openAsBlob } from 'node:fs'
import { openModel } from '../../packages/engine/src/index.ts'
import { loadLlama, openLlama } from '../peers/llama-c.ts'
import { compare, type Difference } from './compare.ts'
import { peer, peerSteps } from './peer.ts'
import { run } from './steps.ts'

const count = 64
const texts = [
  'The capital of France is',
  'Once upon a time',
  'def fibonacci(n):',
  'Größe: 你好, "quoted" text\n\n* a list',
  'Translate to German: Good morning, how are you?',
  'The quick brown fox '.repeat(60),
  'Water boils at',
  '1 + 1 = 2\n2 + 2 = 4\n3 + 3 =',
]

const path = process.argv[2]
if (!path) {
  console.error('usage: npm run judge:file -- model.gguf')
  process.exit(2)
}
const { version, cpuLibrary } = loadLlama()
using llama = openLlama(path)
using model = await openModel(await openAsBlob(path))
const vocab = model.tokenizer.size
const sum = { ours: 0, theirs: 0 }
let isTokenized = true
console.log(`| prompt | tokens | greedy tokens: ours | ${peer} | logits: ours | ${peer} |`)
console.log('|---|---|---|---|---|---|')
for (const text of texts) {
  const prompt = llama.tokenize(text, { add: true, parse: true })
  const isSame = String(prompt) === String(model.tokenizer.encodePrompt(text))
  isTokenized &&= isSame
  using context = llama.context({ contextLength: prompt.length + count, threads: 2, cache: 'f16' })
  const { ids } = context.greedy(prompt, count)
  const history = { prompt, ids, alone: 0 }
  const judged = run(context, () => context.clear(), history).decoded
  using session = model.session()
  const ours = compare(judged, run(session, () => session.rewind(0), history).decoded, vocab)
  const theirs = compare(judged, peerSteps(path, history).decoded, vocab)
  sum.ours += ours.typical / texts.length
  sum.theirs += theirs.typical / texts.length
  const shown = JSON.stringify(text.length > 30 ? `${text.slice(0, 27)}...` : text).replaceAll('|', '\\|')
  const tokens = isSame ? prompt.length : `**${prompt.length}, not ours**`
  console.log(`| ${[shown, tokens, agreed(ours), agreed(theirs), off(ours), off(theirs)].join(' | ')} |`)
}
console.log(`
Greedy tokens: after llama.cpp's own ones so far, how many of ${count} are its next one too, and how far ahead its choice was where
not. Logits: the typical difference in thousandths of the spread of their row; all prompts: ours ${thousandths(sum.ours)}, ${peer}
${thousandths(sum.theirs)}. ${model.name}, ${version}, ${cpuLibrary}; ours: ${model.backend.detail}, Node ${process.versions.node}.`)
process.exitCode = isTokenized && sum.ours <= 1.5 * sum.theirs + 1e-5 ? 0 : 1

function agreed({ same, rows, margin }: Difference): string {
  return same === rows ? 'all' : `${same}, margin ${margin.toFixed(2)}`
}

function off({ typical }: Difference): string {
  return thousandths(typical)
}

function thousandths(value: number): string {
  return (1000 * value).toPrecision(2)
}
