/** A thread that converts rows of weights: a `Task` in, a `Reply` out, one at a time; the bytes are handed over, not copied. */
import { parentPort } from 'node:worker_threads'
import { convertRows, EngineError, type TensorType } from '@edgewise/engine'

export interface Task {
  /** The tensor's name, for errors. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly count: number
  readonly from: TensorType
  readonly to: TensorType
}

export type Reply =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly error: { readonly code: string; readonly message: string } }

parentPort?.on('message', (task: Task) => {
  try {
    const bytes = convertRows(task.name, task.bytes, task.count, task.from, task.to)
    parentPort?.postMessage({ bytes } satisfies Reply, [bytes.buffer])
  } catch (error) {
    // An error loses its code between threads.
    if (!(error instanceof EngineError)) throw error
    const { code, message } = error
    parentPort?.postMessage({ error: { code, message } } satisfies Reply)
  }
})
