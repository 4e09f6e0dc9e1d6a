/**
 * One call as the page sees it, wherever it runs: the gateway's client and the worker's client are both a `Runner`.
 * A runner never throws: what went wrong is part of the outcome, because it is shown beside the receipt.
 */
import type { Receipt } from '@edgewise/evidence'
import type { Problem } from './problem.ts'
import type { TaskName } from './tasks.ts'

export interface CallRequest {
  readonly task: TaskName
  readonly text: string
  /** Called with each piece of the answer as it arrives. */
  readonly onText: (piece: string) => void
  readonly signal: AbortSignal
}

export interface Outcome {
  /** The answer, or as much of it as came before a problem. */
  readonly text: string
  /** The task's structured result, not yet looked at; undefined when none came. */
  readonly data: unknown
  readonly receipt: Receipt | null
  readonly problem: Problem | null
}

export type Runner = (request: CallRequest) => Promise<Outcome>

/** Where the switch of the playground points. */
export type Where = 'gateway' | 'tab'
