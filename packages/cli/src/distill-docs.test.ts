/** docs/distillation.md has every option of `edgewise distill`, every step of the filter, every verdict and every error that it can end with. */
import { readFileSync } from 'node:fs'
import { DISTIL_DEFAULTS } from '@edgewise/student'
import { expect, test } from 'vitest'
import { distillCommand } from './commands/distill.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const page = read('docs/distillation.md')

test('every option', () => {
  for (const command of distillCommand().commands)
    for (const { long } of command.options) expect(page).toContain(`\`${long}`)
})

test('every step, verdict and error', () => {
  for (const name of [
    'valid',
    'liked',
    'agreed',
    'contradictions',
    'duplicates',
    'near duplicates',
    'test items',
  ])
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'))
  for (const code of ['student', 'no-llm', 'not-yet', 'no-linear']) expect(page).toContain(`- \`${code}\`: `)
  const codes = read('packages/student/src/errors.ts').matchAll(/^ {2}\| '(\w+)'/gm)
  // Of adapters and linear heads by themselves.
  const others = ['adapter_invalid', 'linear_invalid']
  for (const [, code] of codes)
    if (!others.includes(code!)) expect(page).toMatch(new RegExp(`^\\| \`${code}\` `, 'm'))
})

test('the defaults that it names', () => {
  const { filter, margin, training } = DISTIL_DEFAULTS
  expect(page).toContain(`\`--agreement\` (${100 * filter.agreement} %)`)
  expect(page).toContain(`\`--near\` (${100 * filter.near} %)`)
  expect(page).toContain(`above \`-margin\`, ${100 * margin} points`)
  expect(page).toContain(`left out at random each time: ${100 * training.leaveOut} %`)
})
