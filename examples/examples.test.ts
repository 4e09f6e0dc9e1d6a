/** Every example prints what it says it prints; `…` in it stands for any text. */
import { readdirSync, readFileSync } from 'node:fs'
import { format } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'

const examples = readdirSync(import.meta.dirname).filter((name) => /^(?!.*\.test\.ts$).*\.ts$/.test(name))

afterEach(() => {
  vi.restoreAllMocks()
})

test.each(examples)('%s', async (name) => {
  const source = readFileSync(`${import.meta.dirname}/${name}`, 'utf8')
  const [, expected] = source.split('// Prints:\n')
  const lines = expected!.trimEnd().split('\n')
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)))
  await import(/* @vite-ignore */ `${import.meta.dirname}/${name}`)
  const pattern = lines.map((line) => escaped(line.replace(/^\/\/ ?/, '')).replaceAll('…', '[^]*'))
  expect(printed.join('\n').trimEnd()).toMatch(new RegExp(`^${pattern.join('\\s*\\n')}$`))
})

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
