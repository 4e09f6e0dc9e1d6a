/**
 * A process of its own for one run of llama.cpp, because a process has only one CPU backend: LLAMA_CPU picks it.
 *   LLAMA_CPU=x64 node judge/logits.ts model.gguf out.f32 '{"prompt":[1,2],"ids":[3,4],"alone":2}'
 * writes the logits of steps.ts one after the other: alone, prompt, decoded.
 */
import { writeFileSync } from 'node:fs'
import { openLlama } from '../peers/llama-c.ts'
import { type History, joined, run } from './steps.ts'

const [path, out, text] = process.argv.slice(2)
const history = JSON.parse(text!) as History
using model = openLlama(path!)
using context = model.context({
  contextLength: history.prompt.length + history.ids.length,
  threads: 2,
  cache: 'f16',
})
const { alone, prompt, decoded } = run(context, () => context.clear(), history)
writeFileSync(out!, joined([alone, prompt, decoded]))
