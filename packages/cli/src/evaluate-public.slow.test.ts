/** The linear classifier and the embedded model on public sets: the figures of docs/quality.md. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Candidate,
  type CandidateQuality,
  type Example,
  labelsOf,
  measureQuality,
  oneOfLabels,
  qualityDifference,
} from '@edgewise/advisor'
import { loadMini } from '@edgewise/mini'
import { miniDevice } from 'edgewise'
import { expect, test } from 'vitest'

const shared = (path: string): string =>
  fileURLToPath(new URL(`../../../../shared/tasks/${path}`, import.meta.url))
const clinc = shared('clinc150/data.json')
const banking = shared('banking77/train.csv')
const page = readFileSync(new URL('../../../docs/quality.md', import.meta.url), 'utf8')

const named = (what: string, file: string): string =>
  existsSync(file) ? what : `${what} (skipped: the public set is absent)`
const examplesOf = (rows: readonly (readonly [string, string])[]): Example[] =>
  rows.map(([input, expected], i) => ({ id: `${i}`, input, expected, line: null }))
const measure = (examples: readonly Example[], candidates: readonly Candidate[]) =>
  measureQuality(examples, candidates, oneOfLabels(labelsOf(examples)), { task: 'intent' })

const percent = (share: number): string => (100 * share).toFixed(1)
const cell = ({ right, of, low, high }: CandidateQuality): string =>
  `${percent(right / of)} % (${percent(low)} to ${percent(high)})`
const row = (set: string): string[] =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| ${set}`))!
    .split('|')
    .map((text) => text.trim())
    .slice(4, -1)

test.skipIf(!existsSync(clinc))(named('CLINC150, validation: linear and edgewise-mini', clinc), async () => {
  const { val } = JSON.parse(readFileSync(clinc, 'utf8')) as { val: [string, string][] }
  using mini = await loadMini()
  const [linear, device] = await measure(examplesOf(val), [
    { who: 'linear', model: 'linear' },
    { who: 'edgewise-mini', model: miniDevice(mini) },
  ])
  const { value, low, high } = qualityDifference(device!, linear!)!
  const points = `${percent(value)} points (${percent(low)} to +${percent(high)})`
  expect(row('CLINC150, validation')).toEqual([cell(linear!), cell(device!), points])
})

test.skipIf(!existsSync(banking))(named('Banking77, train: linear', banking), async () => {
  // A quoted field may hold commas and line breaks, a label neither.
  const rows = [...readFileSync(banking, 'utf8').matchAll(/^(?:"((?:[^"]|"")*)"|([^",\n]*)),(\w+\??)\r?$/gm)]
  const pairs = rows
    .slice(1)
    .map(([, quoted, plain, label]): [string, string] => [(quoted ?? plain!).replaceAll('""', '"'), label!])
  expect(pairs).toHaveLength(10_003)
  const [linear] = await measure(examplesOf(pairs), [{ who: 'linear', model: 'linear' }])
  expect(row('Banking77, train')[0]).toBe(cell(linear!))
})
