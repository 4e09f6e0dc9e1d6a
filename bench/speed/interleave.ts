/**
 * Rounds in which everybody has a turn, one after the other, so that a machine that grows slower does so for all. While
 * one works the others wait; what else the machine does meanwhile, that of waiting ones included, is noted for each
 * round. A round that was not quiet is had again, up to twice as many in all; without enough quiet ones nothing that
 * compares may be said.
 */
import { isQuiet, joinLoads, type Load, loadBetween, type Snapshot } from './machine/load.ts'
import { snapshot } from './machine/processes.ts'

export interface Turn {
  readonly name: string
  /** Before the clock: gives the process whose descendants work with this one. This one alone when there is none. */
  readonly begin?: () => Promise<number>
  /** Does the work and gives its figure. Who throws has no further turns. */
  run(round: number): Promise<number>
  /** After the clock. */
  readonly end?: () => Promise<void>
}

export interface Round {
  readonly figures: ReadonlyMap<string, number>
  readonly load: Load
}

export interface Rounds {
  /** Quiet ones when there were enough of them, else all. */
  readonly rounds: readonly Round[]
  readonly isQuiet: boolean
  /** Of all rounds. */
  readonly load: Load
  /** Why somebody has no figures, or not in all rounds. */
  readonly failed: ReadonlyMap<string, string>
}

/** `look` is told apart for tests. */
export async function interleave(
  turns: readonly Turn[],
  count: number,
  look: () => Snapshot = snapshot,
): Promise<Rounds> {
  const rounds: Round[] = []
  const failed = new Map<string, string>()
  const quiet = (): Round[] => rounds.filter(({ load }) => isQuiet(load))
  for (let round = 0; round < 2 * count && quiet().length < count; round++) {
    const figures = new Map<string, number>()
    const loads: Load[] = []
    // Another one begins each round: nobody always works on what the same neighbour left in the caches.
    const first = round % Math.max(1, turns.length)
    for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) {
      if (failed.has(turn.name)) continue
      try {
        const roots = turn.begin ? [await turn.begin()] : []
        const before = look()
        figures.set(turn.name, await turn.run(round))
        loads.push(loadBetween(before, look(), roots, [process.pid]))
      } catch (error) {
        failed.set(turn.name, (error as Error).message)
      }
      await turn.end?.()
    }
    rounds.push({ figures, load: joinLoads(loads) })
  }
  const enough = quiet().length >= count
  return {
    rounds: enough ? quiet() : rounds,
    isQuiet: enough,
    load: joinLoads(rounds.map(({ load }) => load)),
    failed,
  }
}

/** The figures of `name` in the rounds that have one. */
export function figuresOf({ rounds }: Rounds, name: string): number[] {
  return rounds.flatMap(({ figures }) => figures.get(name) ?? [])
}

/** What `name` gets over what `other` gets in the same round. */
export function ratiosOf({ rounds }: Rounds, name: string, other: string): number[] {
  return rounds.flatMap(({ figures }) => {
    const [own, theirs] = [figures.get(name), figures.get(other)]
    return own === undefined || theirs === undefined ? [] : own / theirs
  })
}
