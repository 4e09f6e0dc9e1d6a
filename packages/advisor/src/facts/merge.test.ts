import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { facts } from './facts.ts'
import { deviceOf } from './lookup.ts'
import { mergeFacts, mergeRows, parseRows, readRows } from './merge.ts'
import type { Device } from './types.ts'

const phone: Device = {
  id: 'our-phone',
  name: 'Our phone',
  chip: 'Ours',
  class: 'phone',
  bandwidthGBs: 51.2,
  bus: { bits: 64, mtps: 6400 },
  memoryBytes: 8 * 2 ** 30,
  usableBytes: 4 * 2 ** 30,
  usableWhy: 'half of it, as tried',
  source: 'our lab',
  asOf: '2026-11-20',
  basis: 'measured',
}

function issuesOf(merge: () => unknown): readonly string[] {
  try {
    merge()
  } catch (error) {
    if (error instanceof AdvisorError && error.code === 'facts_invalid') return error.issues
    throw error
  }
  return []
}

describe('rows of a user', () => {
  it('are added at the end, and the version says that there are some', () => {
    const merged = mergeFacts(facts, { devices: [phone] }, 'mine.yaml')
    expect(merged.devices.at(-1)).toEqual(phone)
    expect(merged.devices).toHaveLength(facts.devices.length + 1)
    expect(merged.version).toBe(`${facts.version}+own`)
    expect(mergeFacts(facts, {}, 'mine.yaml')).toEqual(facts)
  })

  it('replace the row of their id where it stands, and keep in sight what that was', () => {
    const mine = { ...phone, id: 'pixel-8' }
    const merged = mergeFacts(facts, { devices: [mine] }, 'mine.yaml')
    const before = deviceOf(facts, 'pixel-8')
    const replaces = `${before.source} (2026-11-22, claimed)`
    expect(deviceOf(merged, 'pixel-8')).toEqual({ ...mine, replaces })
    expect(merged.devices.map(({ id }) => id)).toEqual(facts.devices.map(({ id }) => id))
    // However often it changes, the bundled source is the one that is told.
    const again = mergeFacts(merged, { devices: [{ ...mine, name: 'Another name' }] }, 'mine.yaml')
    expect(deviceOf(again, 'pixel-8').replaces).toBe(replaces)
  })

  it('are read from YAML and JSON alike; dates need no quotes', () => {
    const yaml = `prices:
  - { id: ours, vendor: us, name: Ours, inputPerMTok: 0.5, outputPerMTok: 1, source: contract, asOf: 2026-11-01, basis: published }`
    const rows = readRows(yaml, 'mine.yaml')
    expect(rows.prices[0]).toMatchObject({ asOf: '2026-11-01', cachedInputPerMTok: null })
    expect(readRows(JSON.stringify(rows), 'mine.json')).toEqual(rows)
    expect(readRows('', 'mine.yaml').devices).toEqual([])
  })

  it('are refused together, each with its place', () => {
    const rows = {
      devices: [
        { ...phone, bandwidth: 3, class: 'watch' },
        { ...phone, memoryBytes: Number.NaN },
      ],
      prizes: [],
    }
    expect(issuesOf(() => mergeFacts(facts, rows, 'mine.yaml'))).toEqual([
      expect.stringMatching(/^devices\.0\.class: invalid option/),
      'devices.0.bandwidth: there is no such key',
      expect.stringMatching(/^devices\.1\.memoryBytes: /),
      'prizes: there is no such key',
    ])
    expect(issuesOf(() => mergeFacts(facts, 7, 'mine.yaml'))).toEqual([
      expect.stringMatching(/^the file: invalid input: expected object/),
    ])
  })

  it('are refused where figures disagree', () => {
    const rows = { devices: [{ ...phone, bandwidthGBs: 60, usableBytes: 2 ** 40 }] }
    expect(issuesOf(() => mergeFacts(facts, rows, 'mine.yaml'))).toEqual([
      'devices.0 "our-phone": 64 bits x 6400 MT/s / 8 is 51.2 GB/s, and the row has 60',
      `devices.0 "our-phone": an app may use ${2 ** 40} bytes of ${8 * 2 ** 30}`,
    ])
  })

  it('are refused where an id is there twice', () => {
    expect(issuesOf(() => parseRows({ devices: [phone, phone] }, 'mine.yaml'))).toEqual([
      'devices.1 "our-phone": this id is there twice: take one out',
    ])
  })

  it('that are no text of rows are told by what is wrong with it', () => {
    expect(issuesOf(() => readRows('{', 'mine.json'))).toHaveLength(1)
    expect(issuesOf(() => readRows('a: [', 'mine.yaml'))).toHaveLength(1)
    expect(issuesOf(() => readRows('a: *none', 'mine.yaml'))).toHaveLength(1)
    expect(issuesOf(() => readRows(' '.repeat(2 ** 20 + 1), 'mine.yaml'))[0]).toMatch(/1048577 characters/)
  })
})

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const row = fc.record({
  id: fc.oneof(name, fc.constantFrom('pixel-8', 'm1', 'h200')),
  name,
  memory: fc.integer({ min: 2 ** 20, max: 2 ** 40 }),
  share: fc.double({ min: 0.01, max: 1, noNaN: true }),
  bandwidthGBs: fc.double({ min: 0.5, max: 5000, noNaN: true }),
})
const deviceRows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 6 }).map((rows) =>
  rows.map(({ id, name, memory, share, bandwidthGBs }): Device => {
    const usableBytes = Math.max(1, Math.floor(memory * share))
    return { ...phone, id, name, bandwidthGBs, bus: null, memoryBytes: memory, usableBytes }
  }),
)

describe('merging', () => {
  it('again changes nothing', () => {
    fc.assert(
      fc.property(deviceRows, (devices) => {
        const once = mergeFacts(facts, { devices }, 'mine')
        expect(mergeFacts(once, { devices }, 'mine')).toEqual(once)
      }),
    )
  })

  it('loses no row, has each id once, and leaves the others as they were', () => {
    fc.assert(
      fc.property(deviceRows, (devices) => {
        const merged = mergeFacts(facts, { devices }, 'mine').devices
        const ids = merged.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { id } of [...facts.devices, ...devices]) expect(ids).toContain(id)
        for (const before of facts.devices)
          if (!devices.some(({ id }) => id === before.id)) expect(merged).toContain(before)
        for (const own of devices) expect(merged.find(({ id }) => id === own.id)).toMatchObject(own)
      }),
    )
  })

  it('two files of a user one after the other is merging their union', () => {
    fc.assert(
      fc.property(deviceRows, deviceRows, (first, second) => {
        const a = parseRows({ devices: first }, 'a')
        const b = parseRows({ devices: second }, 'b')
        const { devices } = mergeFacts(facts, mergeRows(a, b), 'both')
        const stepwise = mergeFacts(mergeFacts(facts, a, 'a'), b, 'b').devices
        const plain = (rows: readonly Device[]): unknown => rows.map(({ replaces, ...row }) => row)
        expect(plain(devices)).toEqual(plain(stepwise))
      }),
    )
  })

  it('whatever comes in is merged or refused with issues, never another error', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom('devices', 'models', 'own', 'prices'), fc.anything()),
      fc.record({ devices: fc.array(fc.dictionary(fc.constantFrom(...Object.keys(phone)), fc.anything())) }),
    )
    fc.assert(
      fc.property(anything, (rows) => {
        try {
          mergeFacts(facts, rows, 'mine')
        } catch (error) {
          expect(error).toBeInstanceOf(AdvisorError)
          expect((error as AdvisorError).issues.length).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('whatever text comes in likewise', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('mine.yaml', 'mine.json'), (text, where) => {
        try {
          readRows(text, where)
        } catch (error) {
          expect(error).toBeInstanceOf(AdvisorError)
        }
      }),
    )
  })
})
