import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../generate/random.ts'
import { checkHeader, checkModel } from '../testing/hostile-checks.ts'
import { damages } from '../testing/hostile-files.ts'
import { hostileSeeds } from '../testing/hostile-seeds.ts'
import { assemble, takeApart } from '../testing/raw-gguf.ts'

describe.each(Object.entries(hostileSeeds))('%s', (_, make) => {
  const sound = make()
  const damage = damages(sound)

  test('it is sound, and is the same when it was taken apart', async () => {
    expect(assemble(takeApart(sound))).toEqual(sound)
    expect(await checkHeader(sound)).toBe(true)
    expect(await checkModel(sound, 'reference')).toBe(true)
    expect(await checkModel(sound, 'wasm')).toBe(true)
  })

  test('damaged headers are read or refused with the byte, within twice the file', async () => {
    let refused = 0
    const once = async (seed: number): Promise<void> => {
      if (!(await checkHeader(damage(seededRandom(seed))))) refused++
    }
    await fc.assert(fc.asyncProperty(fc.nat(), once), { numRuns: 500, seed: 10, endOnFailure: true })
    // Else the damage would be too mild, or too rough to get anywhere.
    expect(refused).toBeGreaterThan(100)
    expect(refused).toBeLessThan(450)
  })

  test('damaged models open and run a token, or are refused', async () => {
    let ran = 0
    const once = async (seed: number): Promise<void> => {
      if (await checkModel(damage(seededRandom(seed)), seed % 2 ? 'wasm' : 'reference')) ran++
    }
    await fc.assert(fc.asyncProperty(fc.nat(), once), { numRuns: 60, seed: 11, endOnFailure: true })
    expect(ran).toBeGreaterThan(0)
    expect(ran).toBeLessThan(60)
  })
})
