/** `edgewise doctor`: what this machine offers, measured now. Shares are of the read bandwidth measured in this run. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { type Backend, createWasmBackend, type Model, measureReadBandwidth } from '@edgewise/engine'
import { loadMini } from '@edgewise/mini'
import { Command } from 'commander'
import { type ExaminedKernel, examineKernels, kernelTable } from '../kernels.ts'
import { medianOf, runSpeeds } from '../run-speeds.ts'
import { bold, dim } from '../show.ts'
import { version } from '../version.ts'

interface Examination {
  readonly edgewise: string
  readonly node: string
  readonly cpu: string
  readonly threads: { readonly offered: number; readonly used: number }
  readonly memoryGb: number
  readonly simd: string
  /** One thread reading, GB/s: from main memory, and from a buffer as large as the embedded model (which fits caches). */
  readonly readGbPerSecond: { readonly memory: number; readonly modelSized: number }
  readonly model: {
    readonly name: string
    readonly parameters: number
    readonly bytesPerToken: number
    readonly tokensPerSecond: number
    /** tokensPerSecond x bytesPerToken over the model-sized read bandwidth. */
    readonly shareOfRoof: number
  }
  readonly kernels: readonly ExaminedKernel[]
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'what this machine offers: SIMD, threads, read bandwidth, speed of the embedded model, kernels',
    )
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: boolean }) => {
      const found = await examine()
      console.log(options.json ? JSON.stringify(found) : report(found))
    })
}

async function examine(): Promise<Examination> {
  const simd = await simdLevel()
  using mini = await loadMini()
  const { model } = mini
  const tokensPerSecond = await decodeSpeed(model)
  const memory = measureReadBandwidth().gbPerSecond
  const modelSized = measureReadBandwidth({ bytes: model.bytesPerToken, passes: 101 }).gbPerSecond
  return {
    edgewise: version,
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
    threads: { offered: availableParallelism(), used: model.backend.threads },
    memoryGb: totalmem() / 1e9,
    simd,
    readGbPerSecond: { memory, modelSized },
    model: {
      name: mini.modelId,
      parameters: model.parameters,
      bytesPerToken: model.bytesPerToken,
      tokensPerSecond,
      shareOfRoof: (tokensPerSecond * model.bytesPerToken) / (modelSized * 1e9),
    },
    kernels: await examineKernels(),
  }
}

async function simdLevel(): Promise<string> {
  const backend: Backend = await createWasmBackend()
  const { detail } = backend
  backend.dispose()
  return detail
}

/** Median of five greedy runs of 128 tokens, tokens per second, after as many as hosts take to compile what they run often. */
async function decodeSpeed(model: Model): Promise<number> {
  const prompt = model.tokenizer.encode(' The report was sent to', { special: false })
  const runs = []
  for await (const run of runSpeeds(model, prompt, { outputTokens: 128, warmUps: 10, runs: 5 }))
    if (run.counts) runs.push(run.decodeTps)
  return medianOf(runs)
}

function report(found: Examination): string {
  const { model, readGbPerSecond, threads, kernels } = found
  const rows = [
    ['edgewise', `${found.edgewise}, Node ${found.node}`],
    ['processor', `${found.cpu}, ${threads.offered} threads offered, ${threads.used} used`],
    ['memory', `${found.memoryGb.toFixed(1)} GB`],
    ['SIMD', found.simd],
    [
      'read',
      `${readGbPerSecond.memory.toFixed(1)} GB/s from memory, ${readGbPerSecond.modelSized.toFixed(1)} GB/s at the model's size (one thread)`,
    ],
    [
      'model',
      `${model.name}, ${(model.parameters / 1e6).toFixed(2)} M parameters, ${(model.bytesPerToken / 1e6).toFixed(2)} MB read a token`,
    ],
    [
      'speed',
      `${bold(`${Math.round(model.tokensPerSecond)} tokens/s`)}, ${(100 * model.shareOfRoof).toFixed(0)} % of the roof (read bandwidth / bytes a token)`,
    ],
  ]
  const lines = rows.map(([label, value]) => `${dim(label!.padEnd(11))}${value}`)
  return [...lines, '', kernelTable(kernels), dim('one token, one thread')].join('\n')
}
