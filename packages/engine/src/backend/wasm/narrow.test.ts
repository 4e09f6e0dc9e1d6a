/** What is looked up or rounded on bits, against plain TypeScript bit for bit: GELU of every half, activations as 16-bit types. */
import { expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { narrowActivations } from '../../quant/activations.ts'
import { halfToFloat } from '../../quant/half.ts'
import { roundedGelu } from '../gelu.ts'
import { instantiate, ModuleBuilder } from './assembler.ts'
import { createWasmBackend } from './backend.ts'
import { narrowKernel } from './kernels/narrow.ts'

/** Every half, the numbers around them, and any bits at all. */
const values = ((): Float32Array => {
  const random = seededRandom(5)
  const all: number[] = []
  for (let half = 0; half < 65_536; half += 3) {
    const value = halfToFloat(half)
    all.push(value, value * (1 + 2 ** -12), value * (1 + 2 ** -11), value * (1 - 2 ** -13))
  }
  const bits = Uint32Array.from({ length: 20_000 }, () => random() * 2 ** 32)
  return Float32Array.from([...all, ...new Float32Array(bits.buffer), 0, -0, 1e-45, -1e-45, 3.4e38, -3.4e38])
})()

test.each(['f16', 'bf16'] as const)('activations become %s as the reference rounds them', (type) => {
  const memory = new WebAssembly.Memory({ initial: 64 })
  const { narrow } = instantiate<'narrow'>(narrowModule(type), memory)
  const [from, to] = [1024, 1024 + 4 * values.length]
  new Float32Array(memory.buffer, from, values.length).set(values)
  narrow(from, to, values.length)
  const expected = new Float32Array(values.length)
  narrowActivations(values, type, expected)
  const actual = new Float32Array(memory.buffer, to, values.length)
  for (const [i, value] of expected.entries()) {
    if (actual[i] !== value && !(Number.isNaN(value) && Number.isNaN(actual[i])))
      expect.fail(`${values[i]} became ${actual[i]}, not ${value}`)
  }
  // The rule itself: what a half holds stays, and a tie goes to the even neighbour.
  narrowActivations(
    Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 70_000, 2 ** -25, 3 * 2 ** -25),
    'f16',
    expected,
  )
  expect([...expected.subarray(0, 5)]).toEqual([1, 1 + 2 ** -9, 70_016, 0, 2 ** -23])
})

test("GELU is the reference's in every bit", async () => {
  const backend = await createWasmBackend()
  const gate = backend.floats(values.length)
  const up = backend.floats(values.length)
  gate.view().set(values)
  up.view().fill(1)
  backend.glu(gate, up, values.length, 'gelu')
  const actual = gate.view()
  for (const [i, value] of values.entries()) {
    const expected = roundedGelu(value)
    if (actual[i] !== expected && !(Number.isNaN(expected) && Number.isNaN(actual[i])))
      expect.fail(`gelu(${value}) is ${actual[i]}, not ${expected}`)
  }
  backend.dispose()
})

function narrowModule(type: 'f16' | 'bf16'): ModuleBuilder {
  const module = new ModuleBuilder()
  narrowKernel(module, 'narrow', type)
  return module
}
