/** llama.cpp with another CPU backend, in a process of its own, as a second opinion on the judge's steps. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { History, Steps } from './steps.ts'

/** Its sums are in the order of plain code, four at a time: as far from AVX-512 as a processor of today can be asked. */
export const peer = 'sse42'

/** The logits of steps.ts on the model at `path`. */
export function peerSteps(path: string, history: History): Steps {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-peer-'))
  const out = join(folder, 'logits.f32')
  const script = fileURLToPath(new URL('logits.ts', import.meta.url))
  const env = { ...process.env, LLAMA_CPU: peer }
  try {
    const { status, stderr } = spawnSync(process.execPath, [script, path, out, JSON.stringify(history)], {
      env,
    })
    if (status !== 0) throw new Error(`llama.cpp with libggml-cpu-${peer} ends with ${status}: ${stderr}`)
    const all = new Float32Array(new Uint8Array(readFileSync(out)).buffer)
    const { prompt, ids, alone } = history
    const vocab = all.length / (alone + prompt.length + ids.length)
    const rows = (from: number, count: number): Float32Array =>
      all.subarray(from * vocab, (from + count) * vocab)
    return {
      alone: rows(0, alone),
      prompt: rows(alone, prompt.length),
      decoded: rows(alone + prompt.length, ids.length),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
