/**
 * llama.cpp by its C functions, as its users have it: the backend it picks for the processor (LLAMA_CPU names another),
 * weights rearranged where it likes to, f16 cache, flash attention where it chooses. Timed as its own llama-bench does:
 * tokens are given, nothing is sampled.
 */
import { type LlamaContext, type LlamaModel, loadLlama, openLlama } from '../../peers/llama-c.ts'
import { serveParent } from './child.ts'
import { textOf } from './runner.ts'

const { version, cpuLibrary } = loadLlama()
let model: LlamaModel
let context: LlamaContext
let length: number

serveParent({
  async open({ source, threads, context: before }) {
    model = openLlama(source)
    length = before
    // Room for a prompt, too; a window's cache is as long as its window, as in llama.cpp's own programs.
    context = model.context({
      contextLength: Math.max(1024, before + 512),
      cache: 'f16',
      flashAttention: 'auto',
      fullWindows: false,
      threads,
    })
    return { note: `${version.replace('llama.cpp ', '')}, ${cpuLibrary}` }
  },
  async decode(count) {
    if (context.length < length || length === 0) context.clear()
    if (context.length === 0 && length > 0) context.forward(textOf(length))
    context.rewind(length)
    const tokens = textOf(count, 1)
    const began = performance.now()
    for (const token of tokens) context.step(token)
    return { count, ms: performance.now() - began }
  },
  async prefill(count, round) {
    context.clear()
    const tokens = textOf(count, round)
    const began = performance.now()
    context.forward(tokens)
    return { count, ms: performance.now() - began }
  },
})
