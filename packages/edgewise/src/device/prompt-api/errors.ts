/** What goes wrong with the browser's built-in model. */
import { EdgewiseError, type EdgewiseErrorOptions } from '../../errors.ts'
import type { Availability } from '../../prompt-api/shape.ts'

/** This browser, or this page, has no built-in model. Code `prompt_api_unavailable`. */
export class PromptApiUnavailableError extends EdgewiseError {
  /** What the browser said; null where it has no `LanguageModel` at all. */
  readonly availability: Availability | null
  constructor(availability: Availability | null) {
    super(
      'prompt_api_unavailable',
      availability === null
        ? 'there is no LanguageModel here: it takes a window of a browser with the Prompt API, no worker'
        : `the built-in model is ${availability}: this machine, or this page, cannot have it`,
    )
    this.availability = availability
  }
}

/** The browser refused or broke off: its exception is the cause. Code `prompt_api_failed`. */
export class PromptApiError extends EdgewiseError {
  /** The exception's name: `NotAllowedError`, `UnknownError`, ... */
  readonly exception: string
  constructor(exception: string, options?: EdgewiseErrorOptions) {
    super(
      'prompt_api_failed',
      `the browser's model did not answer (${exception}): ${nextStep(exception)}`,
      options,
    )
    this.exception = exception
  }
}

/** The prompt does not fit the model's context window. Code `context_length_exceeded`. */
export class PromptApiContextError extends EdgewiseError {
  constructor(requested: number | null, contextWindow: number, options?: EdgewiseErrorOptions) {
    super(
      'context_length_exceeded',
      `the prompt needs ${requested ?? 'more'} tokens, the browser's model has ${contextWindow}: shorten it, or set maxInputTokens`,
      options,
    )
  }
}

function nextStep(exception: string): string {
  switch (exception) {
    case 'NotAllowedError':
      return 'open it after a click or a key, and allow the page "language-model" where it is in a frame'
    case 'NotSupportedError':
      return 'the call has an input, a language or a schema that the model does not take'
    case 'NotReadableError':
      return 'a filter of the browser withheld the answer'
    default:
      return 'ask again, or elsewhere'
  }
}
