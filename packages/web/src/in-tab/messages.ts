/** What the page and its worker say to each other. Plain data both ways; a call is named by its number. */
import type { Outcome } from '../call.ts'
import type { Problem } from '../problem.ts'
import type { TaskName } from '../tasks.ts'

export type ToWorker =
  | { readonly type: 'run'; readonly call: number; readonly task: TaskName; readonly text: string }
  | { readonly type: 'stop'; readonly call: number }

/** The model that a worker opened. */
export interface OpenedModel {
  readonly name: string
  /** Numbers in its tensors. */
  readonly parameters: number
  /** What computes: `relaxed SIMD, ...`, `SIMD128`, or `plain TypeScript` on a host without WebAssembly. */
  readonly kernels: string
  /** From the start of the download to the first possible call, ms. */
  readonly loadMs: number
}

export type FromWorker =
  | { readonly type: 'opened'; readonly model: OpenedModel }
  | { readonly type: 'broken'; readonly problem: Problem }
  | { readonly type: 'text'; readonly call: number; readonly piece: string }
  | { readonly type: 'done'; readonly call: number; readonly outcome: Outcome }
