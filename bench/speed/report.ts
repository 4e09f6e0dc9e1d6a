/** From comparisons to what is printed: cells, the lines under a table, and the figures as JSON. */

import { fileTypes } from '../../packages/engine/src/quant/recipe.ts'
import { type Comparison, ratio } from './compare.ts'
import { figuresOf } from './interleave.ts'
import { foreignCores, QUIET } from './machine/load.ts'
import { describeMachine } from './machine/processes.ts'
import { label } from './models/shapes.ts'
import { digits, percent, spread } from './statistics.ts'
import { type SubjectName, titles } from './subjects/subject.ts'

/** Tokens a second: the median, the least and the most. */
export function speedCell({ rounds }: Comparison, name: string): string {
  const figures = figuresOf(rounds, name)
  return figures.length === 0 ? '-' : spread(figures)
}

/** How many times as fast; nothing where the machine was not quiet. */
export function ratioCell(comparison: Comparison, name: SubjectName, other: SubjectName | undefined): string {
  const value = ratio(comparison, name, other)
  if (value === undefined) return '-'
  return comparison.rounds.isQuiet ? digits(value) : 'not quiet'
}

/** What a reader must know of the figures, as one paragraph. */
export function footer(comparisons: readonly Comparison[], what: string): string {
  const notes = new Map(comparisons.flatMap(({ notes }) => [...notes]))
  const loads = comparisons.map(({ rounds }) => foreignCores(rounds.load))
  const parts = [
    what,
    `${describeMachine()}.`,
    ...[...notes].map(([name, note]) => `${titles[name]}: ${note}.`),
    `Other load: ${percent(Math.max(0, ...loads))} of a core at most.`,
  ]
  return parts.join(' ')
}

/** Why ratios were refused, a line a file; none when all was quiet. */
export function unquiet(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .filter(({ rounds }) => !rounds.isQuiet)
    .map(
      ({ shape, threads, rounds }) =>
        `${label(shape)}, ${threads} threads: others used ${percent(foreignCores(rounds.load))} of a core, ` +
        `more than ${percent(QUIET)} in too many rounds: no ratio is given`,
    )
}

/** Everything that was measured, for programs. */
export function toJson(comparisons: readonly Comparison[]): unknown {
  return comparisons.map(({ shape, file, threads, rounds, notes, missing }) => ({
    model: shape.name,
    type: fileTypes[shape.type].label,
    bytes: file.size,
    bytesPerToken: file.bytesPerToken,
    threads,
    quiet: rounds.isQuiet,
    foreignCores: foreignCores(rounds.load),
    rounds: rounds.rounds.map(({ figures, load }) => ({
      figures: Object.fromEntries(figures),
      foreignCores: foreignCores(load),
    })),
    notes: Object.fromEntries(notes),
    missing: Object.fromEntries(missing),
  }))
}
