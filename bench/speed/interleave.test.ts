import { expect, test } from 'vitest'
import { figuresOf, interleave, ratiosOf, type Turn } from './interleave.ts'
import type { Snapshot } from './machine/load.ts'

/** A machine on which a second passes and `loads[i]` foreign seconds go by with each look after the first of a turn. */
function machine(loads: readonly number[]): () => Snapshot {
  let looks = 0
  let busy = 0
  return () => {
    if (looks % 2 === 1) busy += loads[(looks - 1) / 2] ?? 0
    return { at: 1000 * looks++, busy, processes: [] }
  }
}

const turn = (name: string, run: Turn['run']): Turn => ({ name, run })

test('everybody has a turn in each round, another one first', async () => {
  const order: string[] = []
  const turns = ['a', 'b', 'c'].map((name) => turn(name, async (round) => order.push(name + round)))
  const rounds = await interleave(turns, 2, machine([]))
  expect(order).toEqual(['a0', 'b0', 'c0', 'b1', 'c1', 'a1'])
  expect(rounds.isQuiet).toBe(true)
  expect(figuresOf(rounds, 'b')).toEqual([2, 4])
  expect(ratiosOf(rounds, 'a', 'b')).toEqual([1 / 2, 6 / 4])
})

test('a round that was not quiet is had again, and its figures do not count', async () => {
  const rounds = await interleave([turn('a', async (round) => round)], 2, machine([0, 0.5, 0]))
  expect(figuresOf(rounds, 'a')).toEqual([0, 2])
  expect(rounds.isQuiet).toBe(true)
  expect(rounds.load).toEqual({ seconds: 3, foreign: 0.5 })
})

test('on a machine that stays busy it ends, with all figures and the word that it was not quiet', async () => {
  const rounds = await interleave([turn('a', async (round) => round)], 2, machine([0, 1, 1, 1, 1, 1]))
  expect(figuresOf(rounds, 'a')).toEqual([0, 1, 2, 3])
  expect(rounds.isQuiet).toBe(false)
})

test('who fails has no more turns, and the others go on', async () => {
  const failing = turn('a', async (round) => {
    if (round === 1) throw new Error('no more')
    return round
  })
  const rounds = await interleave([failing, turn('b', async (round) => round)], 3, machine([]))
  expect(rounds.failed).toEqual(new Map([['a', 'no more']]))
  expect(figuresOf(rounds, 'a')).toEqual([0])
  expect(figuresOf(rounds, 'b')).toEqual([0, 1, 2])
})

test('what a turn began is ended, after an error too', async () => {
  const seen: string[] = []
  const own: Turn = {
    name: 'a',
    begin: async () => seen.push('begin'),
    run: async () => {
      throw new Error('failed')
    },
    end: async () => void seen.push('end'),
  }
  await interleave([own], 1, machine([]))
  expect(seen).toEqual(['begin', 'end'])
})
