/**
 * What every engine that is timed can do, and how it is asked: a process or a page of its own holds one model and gets
 * requests one at a time. Clocks run where the work is, so that no message is in a figure.
 */

export interface OpenRequest {
  /** A path, or in a browser the address of a file. */
  readonly source: string
  readonly threads: number
  /** Tokens of a text before those that are decoded. */
  readonly context: number
}

export interface Opened {
  /** What a table says of this run: a version, the instruction set that was picked. */
  readonly note?: string
}

/** `count` tokens took `ms` milliseconds. */
export interface Timed {
  readonly count: number
  readonly ms: number
}

export interface Runner {
  open(request: OpenRequest): Promise<Opened>
  /** Decodes `count` tokens one by one behind the context, greedily. */
  decode(count: number): Promise<Timed>
  /** Reads `count` tokens in an empty context, to the last one's logits; `round` makes another text of it. */
  prefill(count: number, round: number): Promise<Timed>
  /** Reads a file as anybody would: into memory, or through one small buffer. */
  read?(source: string, into: Destination): Promise<void>
}

export type Destination = 'memory' | 'buffer'

export type Request =
  | { readonly op: 'open'; readonly request: OpenRequest }
  | { readonly op: 'decode'; readonly count: number }
  | { readonly op: 'prefill'; readonly count: number; readonly round: number }
  /** Opens a model and has it say one token. */
  | { readonly op: 'load'; readonly request: OpenRequest }
  /** Does nothing: the answer shows that the process or page has begun. */
  | { readonly op: 'wait' }
  | { readonly op: 'read'; readonly source: string; readonly into: Destination }

export type Answer = { readonly result: Opened | Timed } | { readonly error: string }

export async function answer(runner: Runner, request: Request): Promise<Answer> {
  try {
    return { result: await act(runner, request) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

async function act(runner: Runner, request: Request): Promise<Opened | Timed> {
  if (request.op === 'open') return runner.open(request.request)
  if (request.op === 'decode') return runner.decode(request.count)
  if (request.op === 'prefill') return runner.prefill(request.count, request.round)
  const began = performance.now()
  if (request.op === 'read') await runner.read!(request.source, request.into)
  else if (request.op === 'load') {
    await runner.open(request.request)
    await runner.prefill(1, 0)
  }
  return { count: 1, ms: performance.now() - began }
}

/** Tokens that mean nothing, the same for everybody; from 300, where no vocabulary here has control tokens. */
export function textOf(count: number, round = 0): number[] {
  return Array.from({ length: count }, (_, i) => 300 + ((i * 7919 + round * 104_729) % 48_000))
}
