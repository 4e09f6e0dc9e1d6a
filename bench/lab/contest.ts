/**
 * Times several ways of doing the same: each has a short run in turn, over and over, so that what slows the machine down slows
 * all of them. A run is repeated until it has lasted `runMs`; quartiles of the runs are told, in units of work a second.
 */

export interface Entry {
  readonly name: string
  /** Units of work (bytes, operations) of one call. */
  readonly work: number
  run(): void
}

/** Of all runs: a quarter was slower than `low`, half than `median`, a quarter faster than `high`; work a second. */
export interface Speed {
  readonly low: number
  readonly median: number
  readonly high: number
}

const runMs = 2
/** Rounds that do not count: until the host has compiled everything for speed. */
const warmUp = 10

export function contest(entries: readonly Entry[], rounds: number): Speed[] {
  const speeds = entries.map((): number[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    // Another one begins each round: nobody always runs on what the same neighbour left in the caches.
    for (let i = 0; i < entries.length; i++) {
      const number = (i + warmUp + round) % entries.length
      const speed = timed(entries[number]!)
      if (round >= 0) speeds[number]!.push(speed)
    }
  }
  return speeds.map((of) => {
    of.sort((a, b) => a - b)
    const at = (share: number): number => of[Math.floor(share * (of.length - 1))]!
    return { low: at(0.25), median: at(0.5), high: at(0.75) }
  })
}

function timed({ run, work }: Entry): number {
  const begin = performance.now()
  for (let calls = 1; ; calls++) {
    run()
    const ms = performance.now() - begin
    if (ms >= runMs) return (calls * work * 1000) / ms
  }
}
