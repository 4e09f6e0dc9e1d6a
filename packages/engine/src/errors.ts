/**
 * Errors of the engine. Each has a stable `code`; the message says what happened, the value, and the next step.
 * A caller switches on `code`, a person reads `message`. Nothing here is thrown for an aborted call: that is
 * the caller's own `AbortSignal` reason.
 */

export class EngineError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** The bytes are not a GGUF file that can be read: truncated, hostile or of another format. Code `bad_gguf`. */
export class BadGgufError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad_gguf', message, options)
  }
}

/** The file is sound but asks for something this engine does not have (architecture, type, tokenizer). Code `unsupported`. */
export class UnsupportedError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsupported', message, options)
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
