import { array, assert, boolean, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { OutOfMemoryError } from '../../errors.ts'
import { LinearMemory, Scratch } from './memory.ts'

interface Held {
  address: number
  bytes: number
  mark: number
}

const steps = array(
  record({
    free: boolean(),
    pick: integer({ min: 0, max: 50 }),
    bytes: integer({ min: 0, max: 40_000 }),
    zeroed: boolean(),
  }),
  { minLength: 1, maxLength: 80 },
)

test('blocks are aligned, apart, keep their bytes, and come back whole', () => {
  assert(
    property(steps, (sequence) => {
      const memory = new LinearMemory({ limitPages: 512 })
      const held: Held[] = []
      sequence.forEach(({ free, pick, bytes, zeroed }, step) => {
        if (free && held.length > 0) {
          const [block] = held.splice(pick % held.length, 1)
          expectMarked(memory, block!)
          memory.release(block!.address)
        } else {
          const address = memory.allocate(bytes, zeroed)
          expect(address % 64).toBe(0)
          expect(address).toBeGreaterThan(0)
          expect(address + bytes).toBeLessThanOrEqual(memory.memory.buffer.byteLength)
          for (const other of held) {
            const apart = address + bytes <= other.address || other.address + other.bytes <= address
            expect(apart || bytes === 0 || other.bytes === 0).toBe(true)
            expect(address).not.toBe(other.address)
          }
          const view = new Uint8Array(memory.memory.buffer, address, bytes)
          if (zeroed) expect(view.every((byte) => byte === 0)).toBe(true)
          const mark = (step % 255) + 1
          view.fill(mark)
          held.push({ address, bytes, mark })
        }
      })
      for (const block of held) {
        expectMarked(memory, block)
        memory.release(block.address)
      }
      expect(memory.held).toBe(0)
      // Everything has merged: one block of the whole size fits without growing.
      const size = memory.memory.buffer.byteLength
      memory.allocate(size - 64)
      expect(memory.memory.buffer.byteLength).toBe(size)
    }),
    { seed: 3, numRuns: 60 },
  )
})

function expectMarked(memory: LinearMemory, { address, bytes, mark }: Held): void {
  const view = new Uint8Array(memory.memory.buffer, address, bytes)
  expect(view.every((byte) => byte === mark)).toBe(true)
}

test('a freed block is used again before the memory grows', () => {
  const memory = new LinearMemory({ limitPages: 512 })
  const first = memory.allocate(500_000)
  memory.allocate(100)
  memory.release(first)
  expect(memory.allocate(400_000)).toBe(first)
})

test('grows by what is needed where a whole step is too much', () => {
  const memory = new LinearMemory({ limitPages: 4 })
  memory.allocate(4 * 65_536 - 64)
  expect(memory.memory.buffer.byteLength).toBe(4 * 65_536)
})

test('says how much was asked and held when the host gives no more', () => {
  const memory = new LinearMemory({ limitPages: 4 })
  memory.allocate(64_000)
  expect(() => memory.allocate(300_000)).toThrow(OutOfMemoryError)
  expect(() => memory.allocate(300_000)).toThrow(/300000 bytes on top of the 64000 held/)
  expect(() => memory.allocate(2 ** 40)).toThrow(OutOfMemoryError)
  // What is left can still be had.
  memory.allocate(150_000)
})

test('an address that starts no block is refused', () => {
  const memory = new LinearMemory({ limitPages: 4 })
  const address = memory.allocate(100)
  memory.release(address)
  expect(() => memory.release(address)).toThrow(RangeError)
})

test('scratch moves only when it grows, and gives the old block back', () => {
  const memory = new LinearMemory({ limitPages: 512 })
  const scratch = new Scratch(memory)
  const before = memory.held
  expect(scratch.at(10)).toBe(scratch.at(65_536))
  scratch.at(100_000)
  expect(memory.held).toBe(131_072)
  expect(before).toBe(65_536)
})
