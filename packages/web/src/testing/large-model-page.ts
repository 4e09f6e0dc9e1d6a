/**
 * What the large-file test runs in Chromium: the engine alone. With `?stop=` in its address the page opens the model by URL as
 * soon as the server lets it, and posts what came of it; else it waits to be told to open a picked file.
 */
import { generate, openModel } from '@edgewise/engine'

export interface Opened {
  readonly outcome: string
  readonly tokens: number
  readonly monotone: boolean
  readonly last: number
}

async function open(from: Blob | URL, stopAt: number): Promise<Opened> {
  const stop = new AbortController()
  const shares: number[] = []
  const onProgress = (loaded: number, total: number): void => {
    shares.push(loaded / total)
    if (stopAt < 1 && loaded / total >= stopAt) stop.abort(new Error('enough'))
  }
  let tokens = 0
  let outcome = 'opened'
  try {
    using model = await openModel(from, { signal: stop.signal, onProgress, backend: 'wasm' })
    for await (const _ of generate(model, [65, 66], { maxTokens: 2, temperature: 0, stopTokens: [] }))
      tokens++
  } catch (error) {
    outcome = (error as Error).message
  }
  const monotone = shares.every((share, i) => i === 0 || share > shares[i - 1]!)
  return { outcome, tokens, monotone, last: shares.at(-1) ?? 0 }
}

const page = {
  openPicked: (): Promise<Opened> => open(document.querySelector('input')!.files![0]!, 1),
}
export type LargeModelPage = typeof page
Object.assign(globalThis, { page })

const stopAt = new URLSearchParams(location.search).get('stop')
if (stopAt !== null) {
  await fetch('/ready')
  const opened = await open(new URL('/large.gguf', location.href), Number(stopAt))
  // Chromium is started with --expose-gc: what is nobody's any more goes now, not when the heap is full.
  setInterval(() => (globalThis as { gc?: () => void }).gc?.(), 250)
  await fetch('/opened', { method: 'POST', body: JSON.stringify(opened) })
}
