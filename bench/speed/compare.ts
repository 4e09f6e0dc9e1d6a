/**
 * One file at one number of threads: all that are to be timed have it open at once and take turns. What a turn does is the
 * command's; what comes of it are tokens a second.
 */
import { figuresOf, interleave, type Rounds, ratiosOf, type Turn } from './interleave.ts'
import type { ModelFile } from './models/files.ts'
import { label, type Shape } from './models/shapes.ts'
import type { Options } from './options.ts'
import { note, say } from './progress.ts'
import { median } from './statistics.ts'
import { openTeam } from './subjects/start.ts'
import { type Subject, type SubjectName, titles } from './subjects/subject.ts'

export interface Comparison {
  readonly shape: Shape
  readonly file: ModelFile
  readonly threads: number
  readonly rounds: Rounds
  /** What each says of itself: versions. */
  readonly notes: ReadonlyMap<SubjectName, string>
  /** Why somebody is left out. */
  readonly missing: ReadonlyMap<string, string>
}

/** Measures a subject once or twice, and gives what it does in each turn. */
export type Prepare = (subject: Subject) => Promise<(round: number) => Promise<number>>

export async function compare(
  { shape, file, threads }: Pick<Comparison, 'shape' | 'file' | 'threads'>,
  options: Options,
  prepare: Prepare,
  more: readonly Turn[] = [],
): Promise<Comparison> {
  const began = performance.now()
  await using team = await openTeam(options.peers, file.path, { threads, context: options.context })
  const missing = new Map<string, string>(team.missing)
  const turns: Turn[] = [...more]
  for (const { subject } of team.ready) {
    note(`${titles[subject.name]}: warming up`)
    try {
      turns.push({ name: subject.name, begin: async () => subject.pid, run: await prepare(subject) })
    } catch (error) {
      missing.set(subject.name, (error as Error).message)
    }
  }
  note(`${label(shape)}: timing`)
  const rounds = await interleave(turns, options.rounds)
  for (const [name, why] of rounds.failed) missing.set(name, why)
  say(`${label(shape)}, ${threads} thread${threads > 1 ? 's' : ''}: ${seconds(began)} s`)
  for (const [name, why] of missing) say(`  skipped ${titles[name as SubjectName] ?? name}: ${why}`)
  const notes = new Map(
    team.ready.flatMap(({ subject, opened }) => (opened.note ? [[subject.name, opened.note]] : [])),
  )
  return { shape, file, threads, rounds, notes, missing }
}

/** The build of llama.cpp that was fastest on this file, in this process's language or its own. */
export function bestLlama({ rounds }: Comparison): SubjectName | undefined {
  const names = (['llama', 'avx2', 'binding'] as const).filter((name) => figuresOf(rounds, name).length > 0)
  const speed = (name: SubjectName): number => median(figuresOf(rounds, name))
  return names.sort((a, b) => speed(b) - speed(a))[0]
}

/** The median of what one gets over what the other gets in the same round; none of either, none. */
export function ratio(
  { rounds }: Comparison,
  name: SubjectName,
  other: SubjectName | undefined,
): number | undefined {
  const ratios = other === undefined ? [] : ratiosOf(rounds, name, other)
  return ratios.length === 0 ? undefined : median(ratios)
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0)
}
