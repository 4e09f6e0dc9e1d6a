import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

test('all files, both thread counts and everybody when nothing is said', () => {
  const options = readOptions(['decode'])
  expect(options.shapes).toHaveLength(12)
  expect(options).toMatchObject({ threads: [1, 2], rounds: 5, context: 16, isChosen: false, readme: false })
  expect(options.peers).toHaveLength(6)
})

test('what is named is taken', () => {
  const options = readOptions([
    'prefill',
    '--model=smollm2-135m',
    '--type=q4_0,q8_0',
    '--threads=2',
    '--layers=3',
  ])
  expect(options.shapes).toEqual([
    { name: 'smollm2-135m', type: 'q4_0', layers: 3 },
    { name: 'smollm2-135m', type: 'q8_0', layers: 3 },
  ])
  expect(options).toMatchObject({ command: 'prefill', threads: [2], isChosen: true })
})

test.each([
  [[], 'command is ""'],
  [['fly'], 'decode, prefill'],
  [['decode', 'prefill'], 'too much'],
  [['decode', '--model=gpt'], 'smollm2-135m'],
  [['decode', '--threads=0'], 'whole number from 1'],
  [['decode', '--rounds=x'], 'whole number from 1'],
  [['decode', '--peers=ollama'], 'wllama'],
  [['decode', '--nothing'], 'nothing'],
])('%j is refused', (args, why) => {
  expect(() => readOptions(args)).toThrow(why)
})
