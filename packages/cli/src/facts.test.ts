/** `edgewise facts` and `edgewise measure` in a folder of their own. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { facts } from '@edgewise/advisor'
import type { Command } from 'commander'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { factsCommand } from './commands/facts.ts'
import { measureCommand } from './commands/measure.ts'
import { factsFileName, readFacts } from './facts-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-facts-'))
const file = join(folder, factsFileName)
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => rmSync(file, { force: true, recursive: true }))

/** What the command prints; rejects with what it throws. */
async function run(command: Command, ...args: string[]): Promise<string> {
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  try {
    await command.parseAsync(args, { from: 'user' })
  } finally {
    log.mockRestore()
  }
  return stripVTControlCharacters(printed.join('\n'))
}

const factsRun = (...args: string[]): Promise<string> => run(factsCommand(folder), ...args)

const mine = `prices:
  - id: gpt-5-nano
    vendor: openai
    name: GPT-5 Nano, by our contract
    inputPerMTok: 0.04
    cachedInputPerMTok: 0.004
    outputPerMTok: 0.32
    source: our contract
    asOf: 2026-10-01
    basis: published
`

test('list: how many rows, and a table; as JSON, too', async () => {
  expect(await factsRun()).toMatch(/^devices +96 +0 +44$/m)
  expect(await factsRun('list', 'prices')).toMatch(
    /^gpt-5-nano +openai +GPT-5 Nano +0\.05 +0\.005 +0\.4 +2026-08-05$/m,
  )
  expect(JSON.parse(await factsRun('list', 'models', '--json'))).toEqual(facts.models)
  for (const table of ['devices', 'models', 'quantisations', 'prices', 'own'] as const)
    expect((await factsRun('list', table)).split('\n')).toHaveLength(facts[table].length + 1)
})

test('show: a row with its source; an id that is not there with the nearest', async () => {
  const shown = await factsRun('show', 'pixel-9')
  expect(shown).toMatch(/^pixel-9 of devices$/m)
  expect(shown).toMatch(/^source +runlocalai\.co\/hardware\/google-tensor-g4: /m)
  await expect(factsRun('show', 'pixel9')).rejects.toMatchObject({
    code: 'unknown_fact',
    message: expect.stringContaining('did you mean pixel-9, '),
  })
})

test('check: nothing disagrees, and what is only claimed is listed', async () => {
  const said = await factsRun('check')
  expect(said).toMatch(/^282 rows: 0 disagree, 47 are only claimed$/m)
  expect(said).toMatch(/^ {2}devices pixel-8: /m)
  expect(process.exitCode).toBeUndefined()
})

test('update: a row takes the place of one, which stays in sight; again it changes nothing', async () => {
  const from = join(folder, 'mine.yaml')
  writeFileSync(from, mine)
  expect(await factsRun('update', from)).toMatch(
    /prices gpt-5-nano, instead of: github\.com\/simonw\/llm-prices .*2026-08-05, published/,
  )
  expect(JSON.parse(await factsRun('show', 'gpt-5-nano', '--json'))).toMatchObject([
    { table: 'prices', row: { inputPerMTok: 0.04, replaces: expect.stringContaining('llm-prices') } },
  ])
  const written = readFileSync(file, 'utf8')
  await factsRun('update', from)
  expect(readFileSync(file, 'utf8')).toBe(written)
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  const read = await readFacts(folder)
  expect(read.version).toBe(`${facts.version}+own`)
  expect(read.prices.find(({ id }) => id === 'gpt-5-nano')!.outputPerMTok).toBe(0.32)
})

test('update: rows that cannot be are refused with each place, and nothing is written', async () => {
  const from = join(folder, 'wrong.yaml')
  const refused = async (rows: string): Promise<unknown> => {
    writeFileSync(from, rows)
    return factsRun('update', from).catch((error: unknown) => error)
  }
  expect(await refused(mine.replace('0.004', '"4"').replace('0.32', '-1'))).toMatchObject({
    code: 'facts_invalid',
    issues: [
      expect.stringMatching(/^prices\.0\.cachedInputPerMTok: invalid input: expected number/),
      expect.stringMatching(/^prices\.0\.outputPerMTok: too small/),
    ],
  })
  expect(await refused(mine.replace('0.004', '4'))).toMatchObject({
    issues: ['prices.0 "gpt-5-nano": cached input costs $4, more than the $0.04 of input'],
  })
  await expect(factsRun('update', join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'file_unreadable' })
  expect(readdirSync(folder)).not.toContain(factsFileName)
})

test('a file of facts that cannot be used is refused by name, before anything is measured', async () => {
  writeFileSync(file, '{ "devices": 3 }')
  const refusal = { code: 'facts_invalid', message: expect.stringContaining(`${file}: these rows`) }
  await expect(factsRun()).rejects.toMatchObject(refusal)
  await expect(run(measureCommand(folder), '--json')).rejects.toMatchObject(refusal)
  rmSync(file)
  mkdirSync(file)
  await expect(factsRun()).rejects.toMatchObject({ code: 'file_unreadable' })
})

test('measure: this machine is a device afterwards, and what it ran a measurement of it', async () => {
  const printed = await run(measureCommand(folder), '--id', 'here', '--class', 'laptop', '--json')
  const { rows } = JSON.parse(printed)
  const read = await readFacts(folder)
  expect(read.devices.at(-1)).toMatchObject({ id: 'here', class: 'laptop', basis: 'measured' })
  expect(read.own).toEqual(rows.own)
  const [own] = read.own
  expect(own).toMatchObject({ id: 'here/edgewise-mini', device: 'here', quantisation: 'Q8_0' })
  for (const figure of [own!.prefillTps, own!.decodeTps, own!.firstTokenMs]) expect(figure).toBeGreaterThan(0)
  // The first token comes after the prompt, whose pace is known.
  expect(own!.firstTokenMs).toBeGreaterThan((0.5 * 1000 * own!.promptTokens!) / own!.prefillTps!)
  expect(await factsRun('list', 'own')).toMatch(/^here\/edgewise-mini +edgewise \(cpu\) +\d+ /m)
})
