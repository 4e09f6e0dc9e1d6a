/** `edgewise doctor --json`: figures that were measured, and that agree with each other. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('doctor measures this machine', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const out = execFileSync(process.execPath, ['--conditions=edgewise-source', main, 'doctor', '--json'])
  const { simd, readGbPerSecond, model } = JSON.parse(out.toString())
  expect(simd).toMatch(/SIMD/)
  expect(readGbPerSecond.memory).toBeGreaterThan(0.1)
  expect(model.tokensPerSecond).toBeGreaterThan(10)
  const share = (model.tokensPerSecond * model.bytesPerToken) / (readGbPerSecond.modelSized * 1e9)
  expect(model.shareOfRoof).toBeCloseTo(share, 6)
  expect(share).toBeLessThan(1)
})
