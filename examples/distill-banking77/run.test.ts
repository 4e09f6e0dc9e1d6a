/** The demonstration, on a few hundred rows and one layer: seconds in place of minutes, and the same five rows. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { distilBanking77 } from './run.ts'

const path = fileURLToPath(new URL('../../../shared/tasks/banking77/train.csv', import.meta.url))
const isThere = existsSync(path)

test.skipIf(!isThere)(
  `a student of Banking77 without gold labels, on 600 rows${isThere ? '' : ' (skipped: the set is absent)'}`,
  { timeout: 60_000 },
  async () => {
    const { report, student } = await distilBanking77(path, {
      rows: 600,
      epochs: 5,
      batchTokens: 128,
      layers: 1,
      threads: 1,
      heads: 2,
    })
    expect(report.rows.map(({ who }) => who)).toEqual(['teacher', 'student', 'twin', 'linear', 'majority'])
    const share = (who: string): number => report.rows.find((row) => row.who === who)!.accuracy!.value
    expect(share('teacher')).toBeGreaterThan(0.8)
    expect(share('student')).toBeGreaterThan(2 * share('majority'))
    expect(report.data.train).toBeGreaterThan(150)
    expect(student.length).toBeGreaterThan(100_000)
  },
)
