import { afterEach, expect, test, vi } from 'vitest'
import { BackendUnavailableError } from '../../errors.ts'
import { createWasmBackend } from './backend.ts'
import { detectDot } from './features.ts'

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

test('a host without WebAssembly or without SIMD gets an error that says what to do', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  await expect(createWasmBackend()).rejects.toThrow(BackendUnavailableError)
  await expect(createWasmBackend()).rejects.toThrow(/no SIMD128/)
  vi.stubGlobal('WebAssembly', undefined)
  await expect(createWasmBackend()).rejects.toThrow(/no WebAssembly/)
})
