/** Threads that convert rows of weights (quantize-worker.ts). Held with `await using`: their end is waited for. */
import { Worker } from 'node:worker_threads'
import { EngineError } from '@edgewise/engine'
import type { Reply, Task } from './quantize-worker.ts'

/** The sources run as they are, beside their compiled selves. */
const isSource = import.meta.url.endsWith('.ts')
const workerFile = new URL(`./quantize-worker.${isSource ? 'ts' : 'js'}`, import.meta.url)
const execArgv = isSource ? ['--conditions=edgewise-source'] : []

export class Converters implements AsyncDisposable {
  readonly #all: readonly Worker[]
  readonly #free: Worker[]
  readonly #waiting: ((worker: Worker) => void)[] = []

  constructor(threads: number) {
    this.#all = Array.from({ length: threads }, () => new Worker(workerFile, { execArgv }))
    this.#free = [...this.#all]
  }

  /** The rows in their new type; `task.bytes` is handed over. Rejects with EngineError (as `convertRows` throws). */
  async convert(task: Task): Promise<Uint8Array<ArrayBuffer>> {
    const worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)))
    try {
      const reply = await this.#ask(worker, task)
      if ('bytes' in reply) return reply.bytes
      throw new EngineError(reply.error.code, reply.error.message)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(worker)
      else this.#free.push(worker)
    }
  }

  #ask(worker: Worker, task: Task): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const died = (code: number): void => reject(new Error(`a converting thread ended with ${code}`))
    worker.once('message', resolve).once('error', reject).once('exit', died)
    worker.postMessage(task, [task.bytes.buffer])
    return promise.finally(() => {
      worker.off('message', resolve).off('error', reject).off('exit', died)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()))
  }
}
