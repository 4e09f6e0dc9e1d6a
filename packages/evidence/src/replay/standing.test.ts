/** Who wins, on traces made so that it is known. */
import { expect, test } from 'vitest'
import { pair, randomTrace } from '../testing/random-trace.ts'
import type { TraceItem } from '../trace/item.ts'
import { replay } from './replay.ts'
import type { ReplayPolicy } from './result.ts'
import { standingOf } from './standing.ts'

const router = (goesUp: (item: TraceItem) => boolean): ReplayPolicy => ({
  name: 'router',
  decide: (item) =>
    goesUp(item)
      ? { place: 'cloud', asked: ['device', 'cloud'], latencyMs: null }
      : { place: 'device', asked: ['device'], latencyMs: null },
})

/** Without the third model, which is hard to beat. */
const items = [...randomTrace(1500, 17)].map((item) => {
  const { small, large } = item.models
  return { ...item, models: { small: small!, large: large! } }
})
const ofNumber = ({ id }: TraceItem): number => Number(id.split('-')[1])
const standing = async (goesUp: (item: TraceItem) => boolean, over: readonly TraceItem[] = items) =>
  standingOf(await replay(over, { pair, policy: router(goesUp) }))

test('who knows what only the oracle can know, wins', async () => {
  const got = await standing(({ models }) => models.large!.score! > models.small!.score!)
  expect(got).toMatchObject({ standing: 'better', rival: null })
  expect(got.sentence).toMatch(
    /^The policy wins: .* comes closest, and it leads that by \d+\.\d points \(\d+\.\d to \d+\.\d\)/,
  )
})

test('who sends up the wrong ones, loses', async () => {
  const got = await standing(({ models }) => models.large!.score! < models.small!.score!)
  expect(got.standing).toBe('worse')
  expect(got.sentence).toMatch(
    /^The policy loses: .* costs no more and is better by \d+\.\d points \(\d+\.\d to \d+\.\d\)/,
  )
})

test('chance is no winner, nor is who does the same as another', async () => {
  const chance = await standing((item) => ofNumber(item) % 4 === 0, items.slice(0, 60))
  expect(chance.standing).not.toBe('better')
  const cloud = await standing(() => true)
  expect(cloud).toMatchObject({
    standing: 'undecided',
    sentence: 'No winner: the policy does what always cloud does.',
  })
})

test('without scores nobody can say', async () => {
  const bare = items.map((item) => ({ ...item, models: { small: { ...item.models.small, score: null } } }))
  expect(await standing(() => false, bare)).toMatchObject({ standing: 'unknown', rival: null })
})
