/** A student's name says which training it is of; that of any other model is the file's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { randomModel } from '../../engine/src/testing/random-model.ts'
import { openModelFile } from './open-model.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-open-model-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'triage.gguf')

async function nameOf(seed: number, isStudent: boolean): Promise<string> {
  const metadata = new Map(
    isStudent ? [['edgewise.student.form', { type: 'uint32', value: 1 } as const]] : [],
  )
  writeFileSync(path, randomModel({ seed, type: 'q8_0', metadata }))
  const { model, name } = await openModelFile(path)
  model[Symbol.dispose]()
  return name
}

test('another training under the same name is another model, to which no certificate of the first belongs', async () => {
  const first = await nameOf(1, true)
  expect(first).toMatch(/^triage@[0-9a-f]{8}$/)
  expect(await nameOf(1, true)).toBe(first)
  expect(await nameOf(2, true)).not.toBe(first)
  expect([await nameOf(1, false), await nameOf(2, false)]).toEqual(['triage', 'triage'])
})
