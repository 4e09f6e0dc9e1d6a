/**
 * The page's side of the worker: starts it when first needed, hands calls over and results back, and says how far the
 * model is. A worker that breaks ends its calls with its problem; the next start makes a new one.
 */
import type { Outcome, Runner } from '../call.ts'
import { type Problem, problem, problemOf } from '../problem.ts'
import type { FromWorker, OpenedModel, ToWorker } from './messages.ts'

export type TabStatus =
  | { readonly state: 'off' | 'loading' }
  | { readonly state: 'ready'; readonly model: OpenedModel }
  | { readonly state: 'broken'; readonly problem: Problem }

/** As much of a Worker as is used. */
type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>

interface TabRunner {
  readonly run: Runner
  /** Begins loading; nothing happens when it has begun already. */
  readonly start: () => void
  readonly status: () => TabStatus
  /** Calls `listener` after each change of the status; returns what ends that. */
  readonly watch: (listener: () => void) => () => void
}

interface Pending {
  readonly onText: (piece: string) => void
  readonly settle: (outcome: Outcome) => void
  text: string
}

export function tabRunner(spawn: () => WorkerLike): TabRunner {
  let worker: WorkerLike | null = null
  let status: TabStatus = { state: 'off' }
  let calls = 0
  const pending = new Map<number, Pending>()
  const listeners = new Set<() => void>()

  const become = (next: TabStatus): void => {
    status = next
    for (const listener of listeners) listener()
  }

  const breakDown = (what: Problem): void => {
    worker?.terminate()
    worker = null
    for (const { settle, text } of pending.values()) {
      settle({ text, data: undefined, receipt: null, problem: what })
    }
    pending.clear()
    become({ state: 'broken', problem: what })
  }

  const hear = (message: FromWorker): void => {
    if (message.type === 'opened') become({ state: 'ready', model: message.model })
    else if (message.type === 'broken') breakDown(message.problem)
    else hearOf(message, pending.get(message.call))
  }

  const hearOf = (message: Extract<FromWorker, { call: number }>, call: Pending | undefined): void => {
    if (!call) return
    if (message.type === 'text') {
      call.text += message.piece
      call.onText(message.piece)
    } else {
      pending.delete(message.call)
      call.settle(message.outcome)
    }
  }

  const start = (): void => {
    if (worker) return
    become({ state: 'loading' })
    try {
      worker = spawn()
    } catch (thrown) {
      breakDown(problem('no_worker', `This browser cannot start the worker: ${String(thrown)}.`))
      return
    }
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => hear(data))
    worker.addEventListener('error', ({ message }: ErrorEvent) => {
      breakDown(problem('worker_failed', message || 'The worker could not be loaded.'))
    })
  }

  const run: Runner = ({ task, text, onText, signal }) => {
    start()
    if (!worker) {
      const what = status.state === 'broken' ? status.problem : null
      return Promise.resolve({ text: '', data: undefined, receipt: null, problem: what })
    }
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const call = calls
    calls += 1
    pending.set(call, { onText, settle: resolve, text: '' })
    const tell = (message: ToWorker): void => worker?.postMessage(message)
    const stop = (): void => {
      tell({ type: 'stop', call })
      // A model still on its way hears nothing: the call ends here.
      if (status.state === 'loading' && pending.delete(call)) {
        resolve({ text: '', data: undefined, receipt: null, problem: problemOf(signal.reason) })
      }
    }
    signal.addEventListener('abort', stop, { once: true })
    tell({ type: 'run', call, task, text })
    return promise
  }

  return {
    run,
    start,
    status: () => status,
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
