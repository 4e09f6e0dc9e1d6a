/** docs/quality.md shows what is really printed, and has every option, grader, note and error. */
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { exampleNotes, labelsOf, measureQuality, oneOfLabels, readExamples } from '@edgewise/advisor'
import { clopperPearson } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { miniDevice } from 'edgewise'
import { expect, test } from 'vitest'
import { evaluateCommand } from './commands/evaluate.ts'
import { graderNames } from './evaluate-grader.ts'
import { evaluateText } from './evaluate-text.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const page = read('docs/quality.md')

test('the evaluation that is shown', async () => {
  const examples = readExamples(read('examples/intents.jsonl'), 'intents.jsonl')
  const grader = oneOfLabels(labelsOf(examples))
  using mini = await loadMini()
  const measured = await measureQuality(
    examples,
    [
      { who: 'edgewise-mini', model: miniDevice(mini) },
      { who: 'linear', model: 'linear' },
    ],
    grader,
    { task: 'intent' },
  )
  const notes = exampleNotes(examples)
  const printed = stripVTControlCharacters(
    evaluateText({ task: 'intent', examples, notes, grader, measured, judge: null }),
  )
  // Times differ, and with them the width of their column.
  const timeless = (text: string): string => text.replace(/ +(median|[\d.]+ ms)$/gm, '')
  expect(timeless(page)).toContain(`--task intent\n${timeless(printed)}\n\nfigures`)
})

test('the intervals of so many examples', () => {
  const told = (right: number, of: number): string => {
    const { low, high } = clopperPearson(right, of)
    return `${Math.round(100 * low)} % to ${Math.round(100 * high)} %`
  }
  expect(page).toContain(`45 right, the interval is ${told(45, 50)}`)
  expect(page).toContain(`180 right, ${told(180, 200)}`)
  expect(page).toContain(`of 1,000, ${told(900, 1000)}`)
})

test('every option, grader, note and error', () => {
  for (const { long } of evaluateCommand().options) expect(page).toMatch(new RegExp(`^\\| \`${long}\\b`, 'm'))
  for (const name of graderNames) expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'))
  for (const note of ['none of the labels', 'no JSON', 'not of the schema', 'no answer', 'judge unreadable'])
    expect(page).toContain(`\`${note}\``)
  const codes = [...read('packages/cli/src/evaluate-systems.ts').matchAll(/'(evaluate_\w+)'/g)]
  for (const code of new Set([
    'examples_invalid',
    'grader_invalid',
    'measured_invalid',
    ...codes.map(([, one]) => one!),
  ]))
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` `, 'm'))
})
