/** `edgewise doctor --json`: figures that were measured, and that agree with each other. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('doctor measures this machine', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const out = execFileSync(process.execPath, ['--conditions=edgewise-source', main, 'doctor', '--json'])
  const { simd, threads, readGbPerSecond, model, kernels } = JSON.parse(out.toString())
  expect(simd).toMatch(/SIMD/)
  expect(readGbPerSecond.memory).toBeGreaterThan(0.1)
  expect(model.tokensPerSecond).toBeGreaterThan(10)
  const share = (model.tokensPerSecond * model.bytesPerToken) / (readGbPerSecond.modelSized * 1e9)
  expect(model.shareOfRoof).toBeCloseTo(share, 6)
  expect(share).toBeLessThan(1)
  expect(threads.used).toBeGreaterThanOrEqual(1)
  expect(kernels.map(({ type }: { type: string }) => type)).toContain('q4_k')
  for (const kernel of kernels) {
    expect(kernel).toMatchObject({ cols: 2048, dot: expect.any(String), provenRows: 9, wrong: [] })
    expect(kernel.gbPerSecond).toBeGreaterThan(0.1)
  }
})
