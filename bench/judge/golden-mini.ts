/**
 * Writes models/mini/golden.json: what llama.cpp tokenises and greedily decodes on the shipped model file, for a few fixed
 * prompts. The tests hold every backend of ours to it, so that they need no peer. Run after each change of the model:
 *   cd bench && npm install --no-save && npm run golden
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openJudge } from '../peers/llama-cpp.ts'

const file = new URL('../../models/mini/edgewise-mini.gguf', import.meta.url)
const target = new URL('../../models/mini/golden.json', import.meta.url)
const count = 48

const prompts = [
  // Whose every token is ahead by 0.08 and more: nearer ones may differ between any two ways of adding.
  ['complete', 'Copy a file to'],
  ['complete', 'List all files'],
  ['complete', 'You can apply for'],
] as const

/** Tokenised only: a model of four million parameters has nothing to say about these, so its best tokens are near ties. */
const odd = [
  'Größe, 你好 and a tab:\t',
  "it's  two   spaces, 12345 and 3.14",
  '<|im_end|>',
  '🙂👩‍👩‍👧 naïve café',
  'a\n\n b \r\n',
]

const judge = await openJudge(fileURLToPath(file))
const cases = []
for (const [task, text] of prompts) {
  const prompt = judge.tokenize(
    `<|im_start|>user\n<|${task}|> ${text}<|im_end|>\n<|im_start|>assistant\n`,
    true,
  )
  cases.push({ task, text, prompt, greedy: await judge.greedy(prompt, count) })
  console.log(`${task}: ${prompt.length} prompt tokens, ${cases.at(-1)!.greedy.length} greedy tokens`)
}
const tokenized = odd.map((text) => ({ text, ids: judge.tokenize(text, false) }))
const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
const lines = (rows: readonly object[]) => rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
writeFileSync(
  target,
  `{
  "judge": ${JSON.stringify(judge.version)},
  "sha256": "${sha256}",
  "cases": [
${lines(cases)}
  ],
  "tokenized": [
${lines(tokenized)}
  ]
}
`,
)
await judge[Symbol.asyncDispose]()
