import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foreignCores,
  isQuiet,
  joinLoads,
  loadBetween,
  type Process,
  parseBusy,
  parseProcess,
  type Snapshot,
} from './load.ts'

test('busy time is what no processor idled or waited, stolen time included', () => {
  const stat = 'cpu  1000 20 300 99999 7777 0 50 30 600 0\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n'
  expect(parseBusy(stat)).toBe(14)
})

test('what is no /proc/stat is refused', () => {
  expect(() => parseBusy('cpu0 1 2 3 4 5 6 7 8\n')).toThrow('no line of all processors')
})

test.each(['node', 'Web Content', 'a) S 1 (b', ')'])('a process whose name is %j', (name) => {
  const stat = `4242 (${name}) S 17 4242 4242 0 -1 4194560 100 0 0 0 250 50 900 900 20 0 5 0 100`
  expect(parseProcess(stat)).toEqual({ pid: 4242, parent: 17, seconds: 3 })
})

describe('load between snapshots', () => {
  const process = (pid: number, parent: number, seconds: number): Process => ({ pid, parent, seconds })
  const at = (ms: number, busy: number, ...processes: Process[]): Snapshot => ({ at: ms, busy, processes })

  test('what descends from a root is no load, what else ran is', () => {
    const before = at(0, 100, process(1, 0, 5), process(10, 1, 1), process(11, 10, 2), process(20, 1, 3))
    const after = at(
      2000,
      104,
      process(1, 0, 5),
      process(10, 1, 2),
      process(11, 10, 3.5),
      process(20, 1, 4.5),
    )
    expect(loadBetween(before, after, [10], [])).toEqual({ seconds: 2, foreign: 1.5 })
  })

  test('a process that stands alone counts without its descendants', () => {
    const before = at(0, 10, process(7, 1, 0), process(8, 7, 0))
    const after = at(1000, 12, process(7, 1, 1), process(8, 7, 1))
    expect(loadBetween(before, after, [], [7]).foreign).toBe(1)
  })

  test('a process that began in between counts from its beginning', () => {
    const before = at(0, 10, process(7, 1, 4))
    const after = at(1000, 13, process(7, 1, 5), process(9, 7, 2))
    expect(loadBetween(before, after, [7], []).foreign).toBe(0)
  })

  test('a process that is its own parent ends the search', () => {
    const after = at(1, 1, process(5, 5, 1))
    expect(loadBetween(at(0, 0), after, [5], []).foreign).toBe(0)
  })
})

test('a tenth of a core is quiet, more is not', () => {
  expect(isQuiet({ seconds: 10, foreign: 1 })).toBe(true)
  expect(isQuiet({ seconds: 10, foreign: 1.01 })).toBe(false)
  expect(isQuiet({ seconds: 10, foreign: -0.2 })).toBe(true)
  expect(foreignCores({ seconds: 0, foreign: 0 })).toBe(0)
})

test('joined loads are no quieter than the quietest and no louder than the loudest', () => {
  const load = fc.record({
    seconds: fc.double({ min: 0.01, max: 100, noNaN: true }),
    foreign: fc.double({ min: 0, max: 100, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(load, { minLength: 1 }), (loads) => {
      const all = foreignCores(joinLoads(loads))
      const each = loads.map(foreignCores)
      expect(all).toBeGreaterThanOrEqual(Math.min(...each) * (1 - 1e-9))
      expect(all).toBeLessThanOrEqual(Math.max(...each) * (1 + 1e-9))
    }),
    { seed: 1 },
  )
})
