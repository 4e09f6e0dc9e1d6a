import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('no more than the limit at a time, in order, whoever gives up', async () => {
  const person = fc.record({ givesUp: fc.boolean(), works: fc.nat(3) })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(person, { maxLength: 12 }),
      async (limit, people) => {
        const turns = createTurns(limit)
        const order: number[] = []
        let inside = 0
        let most = 0
        const come = async ({ givesUp, works }: (typeof people)[number], index: number) => {
          const stop = new AbortController()
          const turn = turns.take(stop.signal)
          if (givesUp) stop.abort('gone')
          let giveBack: () => void
          try {
            giveBack = await turn
          } catch (reason) {
            expect(reason).toBe('gone')
            return
          }
          order.push(index)
          most = Math.max(most, ++inside)
          for (let step = 0; step < works; step++) await Promise.resolve()
          inside--
          giveBack()
          giveBack()
        }
        await Promise.all(people.map(come))
        expect(most).toBeLessThanOrEqual(limit)
        expect(order).toEqual([...order].sort((a, b) => a - b))
        const stayed = people.flatMap(({ givesUp }, index) => (givesUp ? [] : [index]))
        expect(order).toEqual(expect.arrayContaining(stayed))
        // All turns are back: the limit can be taken again at once.
        await Promise.all(Array.from({ length: limit }, () => turns.take()))
      },
    ),
    { seed: 5, numRuns: 200 },
  )
})

test('an aborted signal takes no turn', async () => {
  const turns = createTurns(1)
  await expect(turns.take(AbortSignal.abort('before'))).rejects.toBe('before')
  const giveBack = await turns.take()
  giveBack()
})
