/**
 * What a browser must fetch to run a model, beside the model: Edgewise bundled and minified as a page would have it, and
 * the files that its peers tell a page to fetch. Nothing is timed.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { engineFiles } from '../../packages/web/src/testing/engine-footprint.ts'
import { note } from './progress.ts'
import { wllamaWasm } from './subjects/site.ts'
import { paragraph, table } from './tables.ts'

export interface Footprint {
  readonly who: string
  /** What is fetched. */
  readonly files: readonly string[]
  readonly bytes: number
  readonly gzip: number
  readonly brotli: number
}

export async function footprint(): Promise<Footprint[]> {
  const engine = async (chat: boolean): Promise<Map<string, Buffer>> =>
    new Map((await engineFiles('byte-pair', chat)).map(({ name, code }) => [name, Buffer.from(code)]))
  const wllama = await bundle('footprint/wllama.ts')
  return [
    measured('Edgewise', await engine(false)),
    measured('Edgewise with chat templates', await engine(true)),
    measured('wllama', new Map([...wllama, ['wllama.wasm', readFileSync(wllamaWasm())]])),
    measured('transformers.js', transformers()),
  ]
}

export function footprintReport(footprints: readonly Footprint[]): string {
  const kb = (bytes: number): string => (bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1 })
  const rows = footprints.map(({ who, files, bytes, gzip, brotli }) => [
    who,
    files.join(', '),
    kb(bytes),
    kb(gzip),
    kb(brotli),
  ])
  const what =
    'JavaScript as Vite bundles and minifies it, or as it is published; gzip at its best, brotli at its best below a ' +
    'megabyte and at 9 above. All that runs a model from a page: threads and kernels included, the model itself not; Edgewise for a model whose tokenizer is byte-level BPE. ' +
    'Made by `npm run bench -- footprint`.'
  return `${table(['what', 'files', 'kB', 'kB, gzip', 'kB, brotli'], rows)}\n\n${paragraph([what])}`
}

/** A page's script built for production: each of its files, those that come later included. */
async function bundle(entry: string): Promise<Map<string, Buffer>> {
  note(`footprint: ${entry}`)
  const here = fileURLToPath(new URL('.', import.meta.url))
  const built = (await build({
    root: here,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['edgewise-source', 'module', 'browser', 'import'] },
    build: {
      write: false,
      target: 'es2024',
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(here, entry),
        external: [/^node:/],
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  })) as Rolldown.RolldownOutput
  const chunks = built.output.filter((part) => part.type === 'chunk')
  return new Map(chunks.map(({ fileName, code }) => [fileName, Buffer.from(code)]))
}

/** Its build for browsers, and the files of onnxruntime-web that are named in it. */
function transformers(): Map<string, Buffer> {
  note('footprint: transformers.js')
  const require = createRequire(import.meta.url)
  const script = join(packageFolder('@huggingface/transformers', require), 'dist/transformers.min.js')
  const runtime = packageFolder('onnxruntime-web', createRequire(script))
  const code = readFileSync(script)
  const named = new Set(code.toString().match(/ort-wasm[\w.-]+?\.(?:wasm|mjs)/g))
  return new Map([
    ['transformers.min.js', code],
    ...[...named].map((name): [string, Buffer] => [name, readFileSync(join(runtime, 'dist', name))]),
  ])
}

function packageFolder(name: string, { resolve }: NodeJS.Require): string {
  const entry = resolve(name)
  return join(entry.slice(0, entry.lastIndexOf(name)), name)
}

function measured(who: string, files: ReadonlyMap<string, Buffer>): Footprint {
  note(`footprint: ${who}`)
  const all = [...files.values()]
  const sum = (size: (content: Buffer) => number): number => all.reduce((total, one) => total + size(one), 0)
  return {
    who,
    files: [...files.keys()],
    bytes: sum(({ length }) => length),
    gzip: sum((content) => gzipSync(content, { level: 9 }).length),
    brotli: sum((content) => brotliCompressSync(content, brotliOptions(content)).length),
  }
}

function brotliOptions({ length }: Buffer) {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: length > 1e6 ? 9 : 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: length,
    },
  }
}
