/** llama.cpp with another CPU backend, in a process of its own, as a second opinion on the judge's steps. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Steps } from './judge-steps.ts'

/** Its sums are in the order of plain code, four at a time: as far from AVX-512 as a processor of today can be asked. */
export const peer = 'sse42'

/** The logits of judge-steps.ts on the model at `path`. */
export function peerSteps(path: string, prompt: readonly number[], ids: readonly number[]): Steps {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-peer-'))
  const out = join(folder, 'logits.f32')
  const script = fileURLToPath(new URL('judge-logits.ts', import.meta.url))
  const history = JSON.stringify({ prompt, ids })
  const env = { ...process.env, LLAMA_CPU: peer }
  try {
    const { status, stderr } = spawnSync(process.execPath, [script, path, out, history], { env })
    if (status !== 0) throw new Error(`llama.cpp with libggml-cpu-${peer} ends with ${status}: ${stderr}`)
    const all = new Float32Array(new Uint8Array(readFileSync(out)).buffer)
    const vocab = all.length / (2 * prompt.length + ids.length)
    const part = (from: number, count: number): Float32Array =>
      all.subarray(from * vocab, (from + count) * vocab)
    const { length } = prompt
    return { alone: part(0, length), prompt: part(length, length), decoded: part(2 * length, ids.length) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
