/** llama.cpp with another CPU backend, in a process of its own, as a second opinion on the judge's steps. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Its sums are in the order of plain code, four at a time: as far from AVX-512 as a processor of today can be asked. */
export const peer = 'sse42'

/** [prompt + ids - 1, vocab] logits, as judge-steps.ts has them. */
export function peerLogits(path: string, prompt: readonly number[], ids: readonly number[]): Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-peer-'))
  const out = join(folder, 'logits.f32')
  const script = fileURLToPath(new URL('judge-logits.ts', import.meta.url))
  const history = JSON.stringify({ prompt, ids })
  const env = { ...process.env, LLAMA_CPU: peer }
  try {
    const { status, stderr } = spawnSync(process.execPath, [script, path, out, history], { env })
    if (status !== 0) throw new Error(`llama.cpp with libggml-cpu-${peer} ends with ${status}: ${stderr}`)
    return new Float32Array(new Uint8Array(readFileSync(out)).buffer)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
