/** What docs/linear.md promises of CLINC150: trained on its training part, held against its validation part. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readLinear } from './read-linear.ts'
import { trainLinear } from './train-linear.ts'

const file = new URL('../../../../../shared/tasks/clinc150/data.json', import.meta.url)
const present = existsSync(file)

test.skipIf(!present)(
  `CLINC150${present ? '' : ' (skipped: the public set is absent)'}: ahead of scikit-learn in 300 kB`,
  { timeout: 300_000 },
  async () => {
    const { train, val, oos_train, oos_val } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      [string, string][]
    >
    const examples = [...train!, ...oos_train!].map(([text, target]) => ({ text, target }))
    const bytes = (await trainLinear(examples, { outOfScopeLabel: 'oos' })).bytes()
    expect(bytes.length).toBeLessThan(300_000)
    const head = readLinear(bytes)
    const answers = val!.map(([text, target]) => ({ ...head.classify(text), target }))
    const right = answers.filter(({ label, target }) => label === target).length / val!.length
    // 92.4 %: scikit-learn, bench/linear/judge.py.
    expect(right).toBeGreaterThan(0.93)
    const inside = answers.map(({ outOfScope }) => outOfScope).sort((a, b) => a - b)
    const bar = inside[Math.floor(0.95 * inside.length)]!
    const caught = oos_val!.filter(([text]) => head.classify(text).outOfScope > bar).length
    expect(caught).toBeGreaterThan(80)
  },
)
