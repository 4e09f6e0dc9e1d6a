/** Runs one task over many items, with progress on stderr. Items that do not fit the context are counted, not scored. */
import { stderr } from 'node:process'
import { ContextLengthError } from '@edgewise/engine'

export interface Outcome<I, A> {
  readonly item: I
  readonly answer: A
}

export interface Outcomes<I, A> {
  readonly done: Outcome<I, A>[]
  readonly tooLong: number
  readonly seconds: number
}

export async function runAll<I, A>(
  name: string,
  items: readonly I[],
  answer: (item: I) => Promise<A>,
): Promise<Outcomes<I, A>> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const done: Outcome<I, A>[] = []
  let tooLong = 0
  for (const [i, item] of items.entries()) {
    try {
      done.push({ item, answer: await answer(item) })
    } catch (error) {
      if (!(error instanceof ContextLengthError)) throw error
      tooLong++
    }
    if (i % 50 === 49) stderr.write(`\r${name} ${i + 1}/${items.length} ${seconds().toFixed(0)} s `)
  }
  stderr.write(`\r${name} ${items.length}/${items.length} ${seconds().toFixed(0)} s\n`)
  return { done, tooLong, seconds: seconds() }
}
