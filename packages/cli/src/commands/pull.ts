/**
 * `edgewise pull hf:ORG/REPO/FILE`: a model file from the hub to this machine, after a look at its header whether this machine
 * can run it. The result goes to standard output, progress and verdict to standard error.
 */
import { type CanRun, canRun, measureReadBandwidth, offeredMemory, readGgufFrom } from '@edgewise/engine'
import { hubSettings, openRemote, type Pulled, parseReference, pull, type RemoteFile } from '@edgewise/hub'
import { Command, InvalidArgumentError } from 'commander'
import { openProgress, size as show } from '../pull-progress.ts'
import { bold, dim } from '../show.ts'

interface PullCommandOptions {
  readonly revision?: string
  readonly context?: number
  readonly check?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

/** This machine cannot run the model. Code `cannot_run`. */
class CannotRunError extends Error {
  override readonly name: string = 'CannotRunError'
  readonly code = 'cannot_run'
}

export function pullCommand(): Command {
  return new Command('pull')
    .description('fetch a model file from the hub: whole, once, verified')
    .argument('<file>', 'hf:<org>/<repo>/<file>, or hf:<org>/<repo>@<revision>/<file>')
    .option('--revision <revision>', 'branch, tag or commit (default: main)')
    .option(
      '--context <positions>',
      'positions the model should hold, for the check of its memory',
      parsePositions,
    )
    .option('--check', 'only tell whether this machine can run it, from the first bytes of the file')
    .option('--force', 'fetch it even if this machine cannot run it')
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText(
      'after',
      `
Environment:
  HF_TOKEN        for gated and private repositories; sent to the hub alone
  HF_ENDPOINT     another hub than https://huggingface.co
  EDGEWISE_CACHE  folder the files are kept in

Example:
  edgewise pull hf:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf`,
    )
    .action(async (name: string, options: PullCommandOptions) => {
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => stop.abort(new Error('interrupted')))
      }
      try {
        if (options.check) await check(name, options, stop.signal)
        else await fetchFile(name, options, stop.signal)
      } catch (error) {
        if (!stop.signal.aborted) throw error
        console.error(`stopped: "edgewise pull ${name}" goes on where it was`)
        process.exitCode = 130
      }
    })
}

async function check(name: string, options: PullCommandOptions, signal: AbortSignal): Promise<void> {
  const remote = await openRemote(parseReference(name, options.revision), hubSettings(), { signal })
  const verdict = await judge(remote, options, signal)
  console.log(options.json ? JSON.stringify(verdict) : verdict.why)
  if (!verdict.fits) process.exitCode = 1
}

async function fetchFile(name: string, options: PullCommandOptions, signal: AbortSignal): Promise<void> {
  let view: ReturnType<typeof openProgress> | undefined
  const before = async (remote: RemoteFile): Promise<void> => {
    if (/\.gguf$/i.test(remote.reference.file)) await refuseUnfit(remote, options, signal)
    if (!options.json) view = openProgress(remote.reference.file)
  }
  try {
    const { revision } = options
    const pulled = await pull(name, { revision, signal, before, onProgress: (now) => view?.onProgress(now) })
    view?.close()
    console.log(options.json ? JSON.stringify(pulled) : summary(pulled))
  } finally {
    view?.close()
  }
}

async function refuseUnfit(
  remote: RemoteFile,
  options: PullCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { fits, why } = await judge(remote, options, signal)
  if (!options.json) console.error(dim(why))
  if (fits || options.force) return
  throw new CannotRunError(
    `this machine cannot run ${remote.reference.file}: ${why}. Use --force to fetch it all the same`,
  )
}

async function judge(remote: RemoteFile, options: PullCommandOptions, signal: AbortSignal): Promise<CanRun> {
  const header = await readGgufFrom(remote.source, signal)
  const device = {
    memoryBytes: offeredMemory(),
    readGbPerSecond: measureReadBandwidth({ passes: 3 }).gbPerSecond,
  }
  return canRun(header, device, { contextLength: options.context })
}

function parsePositions(given: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

function summary({ path, size, sha256, verified, cached, current }: Pulled): string {
  const rows = [
    ['file', bold(path)],
    ['size', show(size)],
    ['sha256', `${sha256}, ${verified ? "the hub's" : 'not verified: the hub gives none'}`],
    ...(cached
      ? [['', current ? 'it was here already' : 'it was here already; the hub could not be asked']]
      : []),
  ]
  return rows.map(([label, value]) => `${dim(label!.padEnd(10))}${value}`).join('\n')
}
