/** What is asked for on the command line. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ModelName, models, type Shape, type TypeName, types } from './models/shapes.ts'
import { type SubjectName, subjectNames } from './subjects/subject.ts'

export const usage = `npm run bench -- decode|prefill|load|footprint [options]
  --model=NAME,..     ${Object.keys(models).join(', ')}: all when not given; load: a file of 800 MB
  --type=NAME,..      ${types.join(', ')}: all when not given
  --threads=1,2       thread counts, one after the other: 1,2 when not given
  --peers=NAME,..     ${subjectNames.join(', ')}: all when not given
  --rounds=N          rounds in which everybody has a turn: 5 when not given, 3 for prefill and load
  --tokens=N          decode: tokens a turn at most (48); prefill: tokens of the prompt (256)
  --context=N         decode behind a text of N tokens: 16 when not given
  --json              the figures as JSON on standard output in place of tables
  --readme            writes the tables to README.md, between <!-- bench:NAME --> and <!-- /bench:NAME -->
  --layers=N          models of fewer layers, to try the benchmark itself
Model files are made once and kept, 5 GB in all: ${join(tmpdir(), 'edgewise-bench')}`

export const commands = ['decode', 'prefill', 'load', 'footprint'] as const

export interface Options {
  readonly command: (typeof commands)[number]
  readonly shapes: readonly Shape[]
  /** Whether models or types were named. */
  readonly isChosen: boolean
  readonly threads: readonly number[]
  readonly peers: readonly SubjectName[]
  readonly rounds: number
  readonly tokens: number | undefined
  readonly context: number
  readonly json: boolean
  readonly readme: boolean
}

/** Throws an Error that names what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        ['model', 'type', 'threads', 'peers', 'rounds', 'tokens', 'context', 'layers'].map((name) => [
          name,
          { type: 'string' as const },
        ]),
      ),
      json: { type: 'boolean', default: false },
      readme: { type: 'boolean', default: false },
    },
  }) as { values: Record<string, string | boolean | undefined>; positionals: string[] }
  const text = (name: string): string | undefined => values[name] as string | undefined
  const count = (name: string, least = 1): number | undefined =>
    text(name) === undefined ? undefined : wholeNumber(name, text(name)!, least)
  const [command, ...more] = positionals
  if (more.length > 0) throw new Error(`${more[0]} is too much: name one of ${commands.join(', ')}`)
  const chosen = oneOf('command', commands, command ?? '')[0]!
  const layers = count('layers')
  const names = oneOf('model', Object.keys(models) as ModelName[], text('model'))
  const kinds = oneOf('type', types, text('type'))
  return {
    command: chosen,
    shapes: names.flatMap((name) =>
      kinds.map((type: TypeName) => ({ name, type, ...(layers === undefined ? {} : { layers }) })),
    ),
    isChosen: text('model') !== undefined || text('type') !== undefined,
    threads: (text('threads') ?? '1,2').split(',').map((part) => wholeNumber('threads', part, 1)),
    peers: oneOf('peers', subjectNames, text('peers')),
    rounds: count('rounds') ?? (chosen === 'decode' ? 5 : 3),
    tokens: count('tokens'),
    context: count('context') ?? 16,
    json: values.json === true,
    readme: values.readme === true,
  }
}

function oneOf<T extends string>(what: string, known: readonly T[], given: string | undefined): T[] {
  if (given === undefined) return [...known]
  return given.split(',').map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined)
      throw new Error(`${what} is ${JSON.stringify(name)}: it can be ${known.join(', ')}`)
    return found
  })
}

function wholeNumber(name: string, given: string, least: number): number {
  const value = Number(given)
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${name} is ${JSON.stringify(given)}: it must be a whole number from ${least}`)
  }
  return value
}
