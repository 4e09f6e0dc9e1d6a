/**
 * A process of its own for one run of llama.cpp, because a process has only one CPU backend: LLAMA_CPU picks it.
 *   LLAMA_CPU=x64 node judge-logits.ts model.gguf out.f32 '{"prompt":[1,2],"ids":[3,4]}'
 * writes the logits of judge-steps.ts one after the other: alone, prompt, decoded.
 */
import { writeFileSync } from 'node:fs'
import { joined, run } from './judge-steps.ts'
import { openLlama } from './llama-c.ts'

const [path, out, history] = process.argv.slice(2)
const { prompt, ids } = JSON.parse(history!) as { prompt: number[]; ids: number[] }
using model = openLlama(path!)
using context = model.context({ contextLength: prompt.length + ids.length, threads: 2 })
const { alone, prompt: together, decoded } = run(context, () => context.clear(), prompt, ids)
writeFileSync(out!, joined([alone, together, decoded]))
