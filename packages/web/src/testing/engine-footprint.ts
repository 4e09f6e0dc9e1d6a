/**
 * What a browser fetches of the engine to run a model, bundled and minified as a page would have it. Code that only other models
 * need is in files of its own, which are not fetched: two of the three kinds of tokenizer, the reference backend, llama.cpp's
 * named templates.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, minify, type Rolldown } from 'vite'

export interface EngineFile {
  readonly name: string
  readonly code: string
  readonly gzip: number
}

/** Of a model with this kind of tokenizer. `chat`: with its template, too, and the library that runs it. */
export async function engineFiles(
  tokenizer: 'byte-pair' | 'sentencepiece',
  chat: boolean,
): Promise<EngineFile[]> {
  const page = chat ? './footprint-chat.ts' : './footprint-engine.ts'
  const entry = fileURLToPath(new URL(page, import.meta.url))
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['edgewise-source', 'module', 'browser', 'import'] },
    // As a library, so that nothing of Vite's own is in it; that is not minified to the end, and so done below.
    build: {
      write: false,
      minify: false,
      target: 'es2024',
      lib: { entry, formats: ['es'] },
      rolldownOptions: {
        preserveEntrySignatures: 'allow-extension',
        external: [/^node:/],
        output: { entryFileNames: 'engine.js', chunkFileNames: '[name].js' },
      },
    },
  })) as Rolldown.RolldownOutput[]
  const chunks = built[0]!.output.filter((part) => part.type === 'chunk')
  const fetched = new Set<Rolldown.OutputChunk>()
  const fetch = (chunk: Rolldown.OutputChunk): void => {
    if (fetched.has(chunk)) return
    fetched.add(chunk)
    for (const name of chunk.imports) fetch(chunks.find(({ fileName }) => fileName === name)!)
  }
  const holding = (part: string): Rolldown.OutputChunk =>
    chunks.find(({ moduleIds }) => moduleIds.some((id) => id.includes(part)))!
  fetch(chunks.find(({ isEntry }) => isEntry)!)
  fetch(holding(`/${tokenizer}.ts`))
  if (chat) fetch(holding('/jinja/dist/'))
  return await Promise.all(
    [...fetched].map(async ({ fileName, code }) => {
      const small = await minify(fileName, code, { module: true })
      return { name: fileName, code: small.code, gzip: gzipSync(small.code, { level: 9 }).length }
    }),
  )
}
