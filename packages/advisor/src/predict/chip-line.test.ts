import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { lineOf } from './chip-line.ts'
import { bitsNamed, familyOf, runtimeId } from './traits.ts'

const line = (chip: string): string => lineOf({ chip })

test('chips that are alike are of one line', () => {
  expect(['A15', 'A17 Pro', 'A19 Pro'].map(line)).toEqual(Array(3).fill('apple-a'))
  expect(['M1', 'M4 Max', 'M3 Ultra'].map(line)).toEqual(Array(3).fill('apple-m'))
  expect(['M1 Max', 'M2 Ultra'].map(line)).toEqual(Array(2).fill('apple-m-wide'))
  expect(['GP107', 'TU116'].map(line)).toEqual(Array(2).fill('nvidia-gtx'))
  expect(['GA100', 'GH100', 'GB100x2'].map(line)).toEqual(Array(3).fill('nvidia-hbm'))
  expect(['GA102', 'GB203'].map(line)).toEqual(['nvidia-ampere', 'nvidia-blackwell'])
  expect(line('TU104')).toBe('nvidia-turing')
  expect(line('Snapdragon 8 Gen 3')).toBe('qualcomm')
  expect(line('abacus')).toBe('other')
})

test('few of the devices of the facts are of no known line', () => {
  const other = facts.devices.filter((device) => lineOf(device) === 'other')
  expect(other.length).toBeLessThan(15)
})

test('a runtime has one name, a model its family', () => {
  expect(['llama.cpp', 'Llama.CPP', 'llamacpp'].map(runtimeId)).toEqual(Array(3).fill('llamacpp'))
  expect(['Genie/QNN', 'genie', 'QNN'].map(runtimeId)).toEqual(Array(3).fill('genieqnn'))
  expect(['tinyllama-1.1b', 'gemma-3-270m', 'qwen2.5-7b', 'mine'].map(familyOf)).toEqual([
    'llama',
    'gemma-3',
    'qwen2',
    'other',
  ])
})

test('bits are those of the facts, else what the name says of them, else unknown', () => {
  expect(bitsNamed(facts, 'Q4_K_M')?.bodyBits).toBe(4.799)
  expect(bitsNamed(facts, 'w4a16')?.bodyBits).toBe(4.5)
  expect(bitsNamed(facts, 'INT4 (q4f16)')?.bodyBits).toBe(4.5)
  expect(bitsNamed(facts, 'FP16')?.bodyBits).toBe(16)
  expect(bitsNamed(facts, 'INT8')?.bodyBits).toBe(8.5)
  expect(bitsNamed(facts, '')).toBeNull()
})
