import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { DeviceFacts, DeviceModel } from '../device/device-model.ts'
import { resolveRule } from '../policy/index.ts'
import { deviceAnswer } from '../testing/models.ts'
import { DeviceSetups } from './device-setup.ts'

const facts: DeviceFacts = {
  contextLength: 10,
  followsInstructions: true,
  quantisation: 'Q4_K_M',
  chatTemplate: '{{ messages }}',
  countTokens: () => 1,
  lacks: () => [],
}
const rule = resolveRule({ place: 'prefer-device', instructions: 'Be brief.' })

const setupOf = async (more: Partial<DeviceFacts>, changed: Partial<typeof rule> = {}, task = 'fix') =>
  new DeviceSetups().of(
    { ...deviceAnswer(0, 'x'), facts: { ...facts, ...more } },
    { ...rule, ...changed },
    task,
  )

describe('the digest of what the device is asked with', () => {
  test('changes with instructions, task and chat template, and with nothing else', async () => {
    const { model, quantisation, template } = await setupOf({})
    expect({ model, quantisation }).toEqual({ model: 'tiny', quantisation: 'Q4_K_M' })
    // SHA-256 of ["Be brief.","fix","{{ messages }}"].
    expect(template).toBe('eebb66afcff692dc')
    const same = [
      await setupOf({ quantisation: 'Q8_0', contextLength: 99 }),
      await setupOf({}, { privacy: 'redacted' }),
    ]
    for (const other of same) expect(other.template).toBe(template)
    const others = [
      await setupOf({}, { instructions: 'Be long.' }),
      await setupOf({}, {}, 'chat'),
      await setupOf({ chatTemplate: 'x' }),
      await setupOf({ followsInstructions: false }),
    ]
    expect(new Set([template, ...others.map((other) => other.template)]).size).toBe(5)
  })

  test('a device that reads no instructions has the same under all', async () => {
    const deaf = { followsInstructions: false }
    expect(await setupOf(deaf)).toEqual(await setupOf(deaf, { instructions: 'Be long.' }))
  })
})

test('is worked out once for a device and a rule', () => {
  let read = 0
  const device: DeviceModel = {
    ...deviceAnswer(0, 'x'),
    get facts() {
      read++
      return facts
    },
  }
  const setups = new DeviceSetups()
  const first = setups.of(device, rule, 'fix')
  expect(setups.of(device, rule, 'fix')).toBe(first)
  expect(read).toBe(1)
  expect(setups.of(device, resolveRule({ place: 'race' }), 'fix')).not.toBe(first)
  expect(setups.of({ ...deviceAnswer(0, 'x') }, rule, 'fix')).not.toBe(first)
})

test('where nothing can be digested, as in a page that is not secure, the template is not known', () => {
  const url = new URL('./device-setup.ts', import.meta.url)
  const script = `
    process.getBuiltinModule = undefined
    Object.defineProperty(globalThis, 'crypto', { value: {} })
    const { DeviceSetups } = await import(${JSON.stringify(url)})
    const setup = await new DeviceSetups().of({ modelId: 'tiny' }, { instructions: null }, 'fix')
    console.log(JSON.stringify(setup))`
  const out = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  expect(JSON.parse(out)).toEqual({ model: 'tiny', quantisation: null, template: null })
})
