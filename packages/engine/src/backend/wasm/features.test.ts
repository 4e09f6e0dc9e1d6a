import { afterEach, expect, test, vi } from 'vitest'
import { BackendUnavailableError, OutOfMemoryError } from '../../errors.ts'
import { openModel } from '../../model/model.ts'
import { randomModel } from '../../testing/random-model.ts'
import { selectBackend } from '../select.ts'
import { createWasmBackend } from './backend.ts'
import { detectDot, detectEightBits } from './features.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('plain SIMD128 on request, and where relaxed SIMD does not validate', () => {
  expect(detectDot(false)).toBe('simd128')
  const validate = WebAssembly.validate
  // Relaxed SIMD's opcodes are 0xfd and then 0x80 or more in the first LEB byte, 0x02 in the second.
  vi.spyOn(WebAssembly, 'validate').mockImplementation(
    (bytes) => !isRelaxed(bytes as Uint8Array) && validate(bytes),
  )
  expect(detectDot()).toBe('simd128')
})

function isRelaxed(bytes: Uint8Array): boolean {
  return bytes.some((byte, i) => byte === 0xfd && bytes[i + 1] === 0x93 && bytes[i + 2] === 0x02)
}

test('the form of relaxed SIMD is the one an x86 or ARM host has', () => {
  const dot = detectDot()
  expect(['relaxed-i32', 'relaxed-i16', 'simd128']).toContain(dot)
  if (process.arch === 'arm64') expect(dot).not.toBe('relaxed-i16')
})

test('where the 32-bit form is wrong, as in Node 20 before it optimises, the 16-bit form is taken', () => {
  for (const [result, form, eightBits] of [
    [129_540, 'relaxed-i32', 'unsigned'],
    [-508, 'relaxed-i32', 'signed'],
    [65_534, 'relaxed-i16', undefined],
    [131_068, 'relaxed-i16', undefined],
  ] as const) {
    class Probed extends WebAssembly.Instance {
      override readonly exports = { probe: () => result }
    }
    vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Instance: { value: Probed } }))
    expect(detectDot()).toBe(form)
    // Asked for all the same, where it is not the fast form.
    expect(detectEightBits('relaxed-i32')).toBe(eightBits)
    expect(detectEightBits('relaxed-i16')).toBe(undefined)
    vi.unstubAllGlobals()
  }
})

test('a host without WebAssembly or without SIMD gets an error that says what to do', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  await expect(createWasmBackend()).rejects.toThrow(BackendUnavailableError)
  await expect(createWasmBackend()).rejects.toThrow(/no SIMD128/)
  vi.stubGlobal('WebAssembly', undefined)
  await expect(createWasmBackend()).rejects.toThrow(/no WebAssembly/)
})

test('there auto is the reference, with a warning, and a model runs', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  using model = await openModel(
    randomModel({ type: 'q4_0', layers: 1, dim: 64, hiddenDim: 64, heads: 2, kvHeads: 1 }),
  )
  expect(model.backend.name).toBe('reference')
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/plain TypeScript.*no SIMD128/)]])
  const logits = model.session().forward([3, 5])
  expect([...logits].every(Number.isFinite)).toBe(true)
})

/** A host whose WebAssembly is whole but for compiling more than `limit` bytes, as a policy or Chromium has it. */
function refuseToCompile(error: () => Error, limit = 0): void {
  class Refusing extends WebAssembly.Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      if (bytes.length > limit) throw error()
      super(bytes)
    }
  }
  vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Module: { value: Refusing } }))
}

test.each([
  ['a policy', () => new WebAssembly.CompileError("Wasm code generation disallowed by 'unsafe-eval'"), 0],
  ['a policy in Safari', () => new EvalError('Refused to create a WebAssembly object'), 0],
  ['a size limit', () => new RangeError('WebAssembly.Module is disallowed on the main thread'), 1024],
])('where %s forbids compiling, wasm says what to do and auto is the reference', async (_, error, limit) => {
  refuseToCompile(error, limit)
  for (const relaxed of [true, false]) {
    const refused: unknown = await createWasmBackend({ relaxed }).catch((caught: unknown) => caught)
    expect(refused).toBeInstanceOf(BackendUnavailableError)
    expect(refused).toMatchObject({ message: expect.stringMatching(/wasm-unsafe-eval/) })
    expect((refused as Error).cause).toEqual(error())
  }
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  expect((await selectBackend('auto')).name).toBe('reference')
  expect(warn).toHaveBeenCalledOnce()
})

test('no memory to compile with is no reason to fall back', async () => {
  refuseToCompile(() => new RangeError('WebAssembly.Module(): Out of memory: Cannot allocate code'))
  await expect(selectBackend('auto')).rejects.toThrow(OutOfMemoryError)
})
