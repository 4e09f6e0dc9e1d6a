/** Turns at something that takes only so many at a time: the rest wait in the order they came, and may give up. */

export interface Turns {
  /** Resolves, when it is this caller's turn, to the function that gives the turn back. Rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<() => void>
}

export function createTurns(limit: number): Turns {
  let free = limit
  const waiting: (() => void)[] = []

  const giveBack = () => {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
  const turn = (): (() => void) => {
    let held = true
    return () => {
      if (held) giveBack()
      held = false
    }
  }

  return {
    async take(signal) {
      signal?.throwIfAborted()
      if (free > 0) {
        free--
        return turn()
      }
      const { promise, resolve, reject } = Promise.withResolvers<() => void>()
      const start = () => {
        signal?.removeEventListener('abort', giveUp)
        resolve(turn())
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(start), 1)
        reject(signal?.reason)
      }
      waiting.push(start)
      signal?.addEventListener('abort', giveUp, { once: true })
      return promise
    },
  }
}
