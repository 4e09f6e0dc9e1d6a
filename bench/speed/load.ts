/**
 * Loading: a file to the first token, in a fresh process or tab each time, beside what reading the same file takes there;
 * and the memory that takes at its peak, over the size of the file. The file is in the system's cache throughout.
 */
import { figuresOf, interleave, type Rounds, ratiosOf, type Turn } from './interleave.ts'
import { foreignCores } from './machine/load.ts'
import { resident, residentPages } from './machine/processes.ts'
import { type ModelFile, modelFile } from './models/files.ts'
import { label, type Shape } from './models/shapes.ts'
import type { Options } from './options.ts'
import { say } from './progress.ts'
import { notQuiet, origin } from './report.ts'
import type { Destination } from './runners/runner.ts'
import { digits, median, spread } from './statistics.ts'
import { isPage } from './subjects/browser.ts'
import { lacksHost, sourceFor, start } from './subjects/start.ts'
import { type Subject, type SubjectName, titles } from './subjects/subject.ts'
import { paragraph, table } from './tables.ts'

export interface Loads {
  readonly shape: Shape
  readonly file: ModelFile
  readonly rounds: Rounds
  /** Resident bytes at most beyond those before, of each round; by the turn's name. */
  readonly peaks: ReadonlyMap<string, readonly number[]>
}

/** About 800 MB. */
const USUAL = { name: 'llama-3.2-1b', type: 'q4_k_m' } as const

export async function load(options: Options): Promise<Loads[]> {
  const loads: Loads[] = []
  const usual = options.shapes.filter(({ name, type }) => name === USUAL.name && type === USUAL.type)
  for (const shape of options.isChosen ? options.shapes : usual) {
    const file = await modelFile(shape, () => say(`${label(shape)}: making the file`))
    const peaks = new Map<string, number[]>()
    const threads = Math.max(...options.threads)
    const turns = options.peers.flatMap((name) => [
      ...(name === 'node' || name === 'chromium'
        ? (['memory', 'buffer'] as const).map((into) => reading(name, into, file.path))
        : []),
      loading(name, file.path, threads, peaks),
    ])
    const rounds = await interleave(turns, options.rounds)
    for (const [name, why] of rounds.failed) say(`  skipped ${name}: ${why}`)
    loads.push({ shape, file, rounds, peaks })
  }
  return loads
}

/** A fresh one for each turn, which has begun when the clock does. */
function fresh(name: SubjectName, turn: string, run: (subject: Subject) => Promise<number>): Turn {
  let subject: Subject | undefined
  return {
    name: turn,
    async begin() {
      subject = await start(name)
      await subject.remote.time({ op: 'wait' })
      return subject.pid
    },
    run: () => run(subject!),
    async end() {
      await subject?.[Symbol.asyncDispose]()
      subject = undefined
    },
  }
}

function reading(name: SubjectName, into: Destination, path: string): Turn {
  return fresh(name, `${name}, ${into}`, async ({ remote }) => {
    const { ms } = await remote.time({ op: 'read', source: sourceFor(name, path), into })
    return ms
  })
}

function loading(name: SubjectName, path: string, threads: number, peaks: Map<string, number[]>): Turn {
  return fresh(name, name, async ({ pid, remote }) => {
    const memory = isPage(name) ? residentPages : resident
    const before = memory(pid).now
    const request = { source: sourceFor(name, path), threads, context: 16 }
    const { ms } = await remote.time({ op: 'load', request })
    peaks.set(name, [...(peaks.get(name) ?? []), memory(pid).peak - before])
    return ms
  })
}

export function loadReport(loads: readonly Loads[], options: Options): string {
  const head = [
    'file',
    'who',
    'first token after, ms',
    'reading into memory, ms',
    'ratio',
    'reading through a buffer, ms',
    'ratio',
    'peak memory / file',
  ]
  const rows = loads.flatMap((one) => options.peers.flatMap((name) => rowsOf(one, name)))
  const what =
    `Median (least-most) of ${options.rounds} interleaved rounds, each in a fresh process or browser with ${Math.max(...options.threads)} threads, ` +
    "the file in the system's cache. Reading: the whole file in the same kind of process, into fresh memory (`readFile`, " +
    '`arrayBuffer`) or piece by piece through one buffer. Peak memory: resident, beyond what the process had before; ' +
    'llama.cpp maps the file, whose pages count.'
  return `${table(head, rows)}\n\n${paragraph([what, origin(loads.map(({ rounds }) => rounds.load))])}`
}

/** One row, or none when there are no figures. */
function rowsOf({ shape, file, rounds, peaks }: Loads, name: SubjectName): string[][] {
  const times = figuresOf(rounds, name)
  if (times.length === 0) return []
  const against = (turn: string): [string, string] => {
    const read = figuresOf(rounds, turn)
    if (read.length === 0) return ['-', '-']
    return [digits(median(read)), rounds.isQuiet ? digits(median(ratiosOf(rounds, name, turn))) : 'not quiet']
  }
  return [
    [
      label(shape),
      titles[name],
      spread(times),
      ...against(`${name}, memory`),
      ...against(`${name}, buffer`),
      digits(median(peaks.get(name)!) / file.size),
    ],
  ]
}

export function loadProblems(loads: readonly Loads[]): string[] {
  return loads.flatMap(({ shape, rounds }) => [
    ...(['node', 'chromium'] as const)
      .filter((name) => rounds.failed.has(name) && !lacksHost(name))
      .map((name) => `${label(shape)}: ${titles[name]} failed: ${rounds.failed.get(name)}`),
    ...(rounds.isQuiet ? [] : [`${label(shape)}: ${notQuiet(rounds.load)}`]),
  ])
}

export function loadsToJson(loads: readonly Loads[]): unknown {
  return loads.map(({ shape, file, rounds, peaks }) => ({
    model: shape.name,
    type: shape.type,
    bytes: file.size,
    quiet: rounds.isQuiet,
    foreignCores: foreignCores(rounds.load),
    rounds: rounds.rounds.map(({ figures, load }) => ({
      ms: Object.fromEntries(figures),
      foreignCores: foreignCores(load),
    })),
    peaks: Object.fromEntries(peaks),
    missing: Object.fromEntries(rounds.failed),
  }))
}
