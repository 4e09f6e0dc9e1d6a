/** Errors of this package, beside the engine's own (which it passes on). Each has a stable `code`. */
import { ownError } from '@edgewise/engine'

export class MiniError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
    Object.defineProperty(this, ownError, { value: true })
  }
}

/** The folder to convert is not a checkpoint this package can read. Code `bad_checkpoint`. */
export class BadCheckpointError extends MiniError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad_checkpoint', message, options)
  }
}

/** The GGUF file is sound but is not an edgewise-mini: no protocol version, or no token a task needs. Code `not_mini`. */
export class NotMiniError extends MiniError {
  constructor(message: string, options?: ErrorOptions) {
    super('not_mini', message, options)
  }
}

/** The task name is none of `miniTasks`. Code `unknown_task`. */
export class UnknownTaskError extends MiniError {
  constructor(task: string, known: readonly string[]) {
    super('unknown_task', `edgewise-mini has no task "${task}": use one of ${known.join(', ')}`)
  }
}
