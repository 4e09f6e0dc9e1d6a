/** From comparisons to what is printed: cells, the lines under a table, and the figures as JSON. */

import { fileTypes } from '../../packages/engine/src/quant/recipe.ts'
import { bestLlama, type Comparison, ratio } from './compare.ts'
import { figuresOf } from './interleave.ts'
import { foreignCores, type Load, QUIET } from './machine/load.ts'
import { describeMachine } from './machine/processes.ts'
import { label } from './models/shapes.ts'
import type { Options } from './options.ts'
import { digits, percent, spread } from './statistics.ts'
import { lacksHost } from './subjects/start.ts'
import { type SubjectName, subjectNames, titles } from './subjects/subject.ts'
import { paragraph, table } from './tables.ts'

/** The median, the least and the most. */
function speedCell({ rounds }: Comparison, name: string): string {
  const figures = figuresOf(rounds, name)
  return figures.length === 0 ? '-' : spread(figures)
}

/** How many times as fast; nothing where the machine was not quiet. */
export function ratioCell(comparison: Comparison, name: SubjectName, other: SubjectName | undefined): string {
  const value = ratio(comparison, name, other)
  if (value === undefined) return '-'
  return comparison.rounds.isQuiet ? digits(value) : 'not quiet'
}

export interface Column {
  readonly head: string
  /** Who must be timed for it. */
  readonly needs: readonly SubjectName[]
  cell(comparison: Comparison): string
}

/** Speeds of everybody, a column each. */
export const speedColumns: readonly Column[] = subjectNames.map((name) => ({
  head: titles[name],
  needs: [name],
  cell: (comparison) => speedCell(comparison, name),
}))

/** Against the fastest llama.cpp, for all that it was timed as. */
export function ratioToLlama(name: 'node' | 'chromium'): Column {
  const head = name === 'node' ? 'Node / best llama.cpp' : 'Chromium / best llama.cpp'
  return { head, needs: [name], cell: (one) => ratioCell(one, name, bestLlama(one)) }
}

export const ratioToWllama: Column = {
  head: 'Chromium / wllama',
  needs: ['chromium', 'wllama'],
  cell: (one) => ratioCell(one, 'chromium', 'wllama'),
}

/** A table for each number of threads. */
export function tables(
  comparisons: readonly Comparison[],
  { threads, peers }: Options,
  columns: readonly Column[],
): string {
  const shown = columns.filter(({ needs }) => needs.every((name) => peers.includes(name)))
  return threads
    .map((count) => {
      const rows = comparisons
        .filter((one) => one.threads === count)
        .map((one) => [label(one.shape), ...shown.map(({ cell }) => cell(one))])
      const head = ['file', ...shown.map(({ head }) => head)]
      return `Tokens a second, ${count} thread${count > 1 ? 's' : ''}:\n\n${table(head, rows)}`
    })
    .join('\n\n')
}

/** What a reader must know of the figures, and the command that makes them. */
export function footer(comparisons: readonly Comparison[], what: string): string {
  const notes = new Map(comparisons.flatMap(({ notes }) => [...notes]))
  const loads = comparisons.map(({ rounds }) => rounds.load)
  return paragraph([what, ...[...notes].map(([name, note]) => `${titles[name]}: ${note}.`), origin(loads)])
}

/** Where and how figures were made. */
export function origin(loads: readonly Load[]): string {
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
  const most = percent(Math.max(0, ...loads.map(foreignCores)))
  return `\`${command}\`: ${describeMachine()}; other load at most ${most} of a core.`
}

/** Why there are figures missing that should not be: a machine that was not quiet, and an engine of ours that failed. */
export function problems(comparisons: readonly Comparison[]): string[] {
  return comparisons.flatMap(({ shape, threads, rounds, missing }) => {
    const where = `${label(shape)}, ${threads} thread${threads > 1 ? 's' : ''}`
    const own = (['node', 'chromium'] as const).filter((name) => missing.has(name) && !lacksHost(name))
    return [
      ...own.map((name) => `${where}: ${titles[name]} failed: ${missing.get(name)}`),
      ...(rounds.isQuiet ? [] : [`${where}: ${notQuiet(rounds.load)}`]),
    ]
  })
}

export function notQuiet(load: Load): string {
  const used = percent(foreignCores(load))
  return `others used ${used} of a core, more than ${percent(QUIET)} in too many rounds: no ratio is given`
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
