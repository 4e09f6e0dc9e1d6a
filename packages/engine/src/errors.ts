/**
 * Errors of the engine. Each has a stable `code`; the message says what happened, the value, and the next step.
 * A caller switches on `code`, a person reads `message`. Nothing here is thrown for an aborted call: that is
 * the caller's own `AbortSignal` reason.
 */

/**
 * Marks the errors of this project, whichever package and bundle their class came from: their messages hold nothing of a call and
 * may stand on a receipt.
 */
export const ownError: unique symbol = Symbol.for('edgewise.error')

export class EngineError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
    Object.defineProperty(this, ownError, { value: true })
  }
}

/** Where in the file the trouble is, in bytes from its start. */
export interface FileErrorOptions extends ErrorOptions {
  readonly offset?: number
}

/** The bytes are not a GGUF file that can be read: truncated, hostile or of another format. Code `bad_gguf`. */
export class BadGgufError extends EngineError {
  /** Byte of the file where the trouble is; undefined when the file's parts are sound and do not fit together. */
  readonly offset: number | undefined
  constructor(message: string, options?: FileErrorOptions) {
    super('bad_gguf', message, options)
    this.offset = options?.offset
  }
}

/** The file is sound but asks for something this engine does not have (architecture, type, tokenizer). Code `unsupported`. */
export class UnsupportedError extends EngineError {
  /** Byte of the file that asks for it; undefined when it is not one place. */
  readonly offset: number | undefined
  constructor(message: string, options?: FileErrorOptions) {
    super('unsupported', message, options)
    this.offset = options?.offset
  }
}

/** LoRA files that are broken, ask for what is not applied here, or do not fit the model; the message names the field or tensor. Code `adapter_invalid`. */
export class BadAdapterError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('adapter_invalid', message, options)
  }
}

/** The bytes are not a safetensors file that can be read. Code `bad_safetensors`. */
export class BadSafetensorsError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad_safetensors', message, options)
  }
}

/**
 * Why a source failed: it cannot be reached, it answered with a status that is no answer, it does not serve ranges, it is
 * not the file it was when it was opened, or it gave other bytes than were asked for.
 */
export type SourceProblem = 'unreachable' | 'status' | 'no_ranges' | 'changed' | 'bad_answer'

/** The bytes of a model could not be read. Code `source_failed`. */
export class SourceError extends EngineError {
  /** The source's name: a path, a URL, "memory". */
  readonly source: string
  readonly problem: SourceProblem
  /** HTTP status, where one was the problem. */
  readonly status: number | undefined
  constructor(
    source: string,
    problem: SourceProblem,
    message: string,
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super('source_failed', `${source}: ${message}`, options)
    this.source = source
    this.problem = problem
    this.status = options?.status
  }
}

/** The prompt, or the prompt and what was asked for, does not fit the model's context. Code `context_length_exceeded`. */
export class ContextLengthError extends EngineError {
  readonly tokens: number
  readonly contextLength: number
  constructor(tokens: number, contextLength: number) {
    super(
      'context_length_exceeded',
      `${tokens} tokens do not fit the context of ${contextLength}: shorten the prompt or route the call to the cloud`,
    )
    this.tokens = tokens
    this.contextLength = contextLength
  }
}

/** A value the caller passed is out of its range. Code `bad_option`. */
export class BadOptionError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad_option', message, options)
  }
}

/** The file's chat template cannot be used: broken, hostile (too large, endless) or beyond what is supported. Code `bad_template`. */
export class BadTemplateError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad_template', message, options)
  }
}

/** The host has no memory for what was asked. Code `out_of_memory`. */
export class OutOfMemoryError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('out_of_memory', message, options)
  }
}

/** The host lacks what a backend needs (no WebAssembly SIMD). Code `backend_unavailable`. */
export class BackendUnavailableError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('backend_unavailable', message, options)
  }
}

/** The object was used after `dispose`. Code `disposed`. */
export class DisposedError extends EngineError {
  constructor(what: string) {
    super('disposed', `the ${what} was used after it was disposed: open a new one`)
  }
}

/** The model's output is not a number (NaN or infinity): the weights are damaged or overflow. Code `numeric`. */
export class NumericError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('numeric', message, options)
  }
}

/** A constraint (schema, choices, expression) is malformed, or no text satisfies it. Code `bad_constraint`. */
export class BadConstraintError extends EngineError {
  /** JSON pointer of the place in the schema; empty for its root, for choices and for an expression. */
  readonly pointer: string
  constructor(message: string, pointer = '', options?: ErrorOptions) {
    super('bad_constraint', message, options)
    this.pointer = pointer
  }
}

/** A constraint is sound but asks for something that is not built in, which the message names. Code `unsupported_constraint`. */
export class UnsupportedConstraintError extends EngineError {
  /** JSON pointer of the place in the schema; empty for its root and for an expression. */
  readonly pointer: string
  constructor(message: string, pointer = '', options?: ErrorOptions) {
    super('unsupported_constraint', message, options)
    this.pointer = pointer
  }
}

/** A constraint would need more states than a small device should hold. Code `constraint_too_large`. */
export class ConstraintTooLargeError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('constraint_too_large', message, options)
  }
}
