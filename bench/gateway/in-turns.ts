/**
 * Samples of everybody in turns, one after the other, so that a machine that grows slower does so for all. A round in which
 * the machine did something else is had again, up to twice as many in all.
 */
import { foreignCores, isQuiet, joinLoads, type Load, loadBetween } from '../speed/machine/load.ts'
import { describeMachine, snapshot } from '../speed/machine/processes.ts'
import { note } from '../speed/progress.ts'
import { percent, quantile } from '../speed/statistics.ts'

export interface Samples<Name extends string> {
  /** The quantile of what `name` took, over all rounds that count. */
  of(name: Name, share: number): number
  readonly isQuiet: boolean
  readonly load: Load
}

/** @param turns give the samples of one round each; two rounds before the first are thrown away */
export async function inTurns<Name extends string>(
  title: string,
  turns: Readonly<Record<Name, () => Promise<readonly number[]>>>,
  count: number,
): Promise<Samples<Name>> {
  const names = Object.keys(turns) as Name[]
  for (const name of names) {
    note(`${title}: ${name}, warming up`)
    for (let turn = 0; turn < 2; turn++) await turns[name]()
  }
  const rounds: { readonly samples: Map<Name, readonly number[]>; readonly load: Load }[] = []
  const quiet = (): typeof rounds => rounds.filter(({ load }) => isQuiet(load))
  while (rounds.length < 2 * count && quiet().length < count) {
    note(`${title}: round ${rounds.length + 1}`)
    const before = snapshot()
    const samples = new Map<Name, readonly number[]>()
    // Another one begins each round: nobody always works on what the same neighbour left in the caches.
    const first = rounds.length % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)])
      samples.set(name, await turns[name]())
    rounds.push({ samples, load: loadBetween(before, snapshot(), [process.pid], []) })
  }
  const enough = quiet().length >= count
  const used = enough ? quiet() : rounds
  return {
    of: (name, share) =>
      quantile(
        used.flatMap(({ samples }) => samples.get(name)!),
        share,
      ),
    isQuiet: enough,
    load: joinLoads(used.map(({ load }) => load)),
  }
}

/** Where and how figures were made, and whether they may be compared. */
export function origin(command: string, loads: readonly Load[]): string {
  const most = percent(Math.max(0, ...loads.map(foreignCores)))
  return `\`${command}\`: ${describeMachine()}; other load ${most} of a core.`
}
