/** The worker: opens the embedded model once, then answers calls. Several may run; each is stopped by its number. */
import { loadMini, type Mini } from '@edgewise/mini'
import { problemOf } from '../problem.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { runHere } from './run-here.ts'

const say = (message: FromWorker): void => postMessage(message)
const stoppers = new Map<number, AbortController>()
const opening = open()

addEventListener('message', async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'stop') {
    stoppers.get(data.call)?.abort()
    return
  }
  const { call, task, text } = data
  const stopper = new AbortController()
  stoppers.set(call, stopper)
  const mini = await opening
  if (mini) {
    const onText = (piece: string): void => say({ type: 'text', call, piece })
    say({ type: 'done', call, outcome: await runHere(mini, { task, text, onText, signal: stopper.signal }) })
  }
  stoppers.delete(call)
})

async function open(): Promise<Mini | null> {
  const start = performance.now()
  try {
    const mini = await loadMini()
    const { backend, parameters } = mini.model
    const loadMs = performance.now() - start
    say({ type: 'opened', model: { name: mini.modelId, parameters, kernels: backend.detail, loadMs } })
    return mini
  } catch (thrown) {
    say({ type: 'broken', problem: problemOf(thrown) })
    return null
  }
}
