import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { version } from '../../../version.ts'
import { hostName, memoryTuneStore, parseRecord } from './store.ts'

afterEach(() => vi.unstubAllGlobals())

test('what was kept for a host is there again, and only for it', async () => {
  await memoryTuneStore.set('a', '{"q8_0 64":{"dot":"simd128","gbPerSecond":1}}')
  expect(parseRecord(await memoryTuneStore.get('a'))).toEqual({
    'q8_0 64': { dot: 'simd128', gbPerSecond: 1 },
  })
  expect(parseRecord(await memoryTuneStore.get('b'))).toEqual({})
})

test.each(['', '{', 'null', '7', '{"q8_0 64":null}', '{"q8_0 64":{"dot":7}}', '[]'])(
  'a damaged text, %s, is an empty record',
  (text) => {
    expect(parseRecord(text)).toEqual({})
  },
)

test('a host is told by engine, form, runtime and processor', () => {
  const here = hostName(version, 'SIMD128')
  expect(here).toContain(version)
  expect(here).toContain('SIMD128')
  expect(here).toContain(process.versions.v8)
  expect(hostName(version, 'relaxed')).not.toBe(here)
  vi.stubGlobal('process', undefined)
  vi.stubGlobal('navigator', { userAgent: 'A browser', hardwareConcurrency: 8 })
  expect(hostName('1', 'SIMD128')).toBe('1, SIMD128, A browser, 8')
})

test("the version is the package's", () => {
  const manifest = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')
  expect(version).toBe(JSON.parse(manifest).version)
})
