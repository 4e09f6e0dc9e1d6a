/** `edgewise quantize IN OUT --type TYPE`: a smaller file of the same model. Progress goes to standard error. */
import { basename } from 'node:path'
import { progress } from '@clack/prompts'
import { type FileType, fileTypes } from '@edgewise/engine'
import { Command, InvalidArgumentError } from 'commander'
import { type Quantized, quantizeFile } from '../quantize.ts'
import { megabytes } from '../quantize-files.ts'
import { bold, dim } from '../show.ts'

const labels = Object.values(fileTypes).map(({ label }) => label)

export function quantizeCommand(): Command {
  return new Command('quantize')
    .description('make a smaller GGUF file of one with F16, BF16 or F32 weights')
    .argument('<in.gguf>', 'the model, with F16, BF16 or F32 weights')
    .argument('<out.gguf>', 'the file to write')
    .requiredOption('--type <type>', `one of ${labels.join(', ')}`, parseType)
    .option('--json', 'print what was done as JSON, and no progress')
    .addHelpText('after', '\nExample:\n  edgewise quantize model-f16.gguf model-q4_k_m.gguf --type Q4_K_M')
    .action(async (input: string, output: string, options: { type: FileType; json?: boolean }) => {
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => stop.abort(new Error('interrupted')))
      }
      const bar = process.stderr.isTTY && !options.json ? openBar(output) : undefined
      try {
        const { signal } = stop
        const done = await quantizeFile(input, output, options.type, { signal, ...bar })
        bar?.close()
        console.log(options.json ? JSON.stringify(done) : summary(done))
      } catch (error) {
        bar?.close()
        if (!stop.signal.aborted) throw error
        process.exitCode = 130
      }
    })
}

function parseType(given: string): FileType {
  const type = given.toLowerCase()
  if (type in fileTypes) return type as FileType
  throw new InvalidArgumentError(`"${given}" is not one of ${labels.join(', ')}.`)
}

/** A bar of a hundred steps on standard error. */
function openBar(output: string): { onProgress: (share: number) => void; close: () => void } {
  const bar = progress({ max: 100, output: process.stderr })
  const name = basename(output)
  bar.start(name)
  // The bar would take Ctrl+C as a key and end the process at once; as a signal it stops the work and cleans up.
  if (process.stdin.isTTY) process.stdin.setRawMode(false)
  let shown = 0
  return {
    onProgress(share) {
      const percent = Math.floor(100 * share)
      if (percent > shown) bar.advance(percent - shown, `${name} ${percent} %`)
      shown = percent
    },
    close: () => bar.clear(),
  }
}

function summary(done: Quantized): string {
  const { output, type, bytesIn, bytesOut, bitsPerWeight, tensors, seconds } = done
  const counts = Object.entries(tensors).map(([type, count]) => `${count} ${type}`)
  const rows = [
    ['file', bold(output)],
    ['type', `${type}, ${bitsPerWeight.toFixed(2)} bits a weight`],
    ['size', `${megabytes(bytesOut)}, ${((100 * bytesOut) / bytesIn).toFixed(0)} % of ${megabytes(bytesIn)}`],
    ['tensors', counts.join(', ')],
    ['time', `${seconds.toFixed(1)} s`],
  ]
  return rows.map(([label, value]) => `${dim(label!.padEnd(10))}${value}`).join('\n')
}
