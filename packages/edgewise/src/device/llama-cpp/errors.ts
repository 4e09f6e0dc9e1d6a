/** What goes wrong with llama.cpp in process, beside what the engine's own errors say (no memory, no room in the context). */
import { EdgewiseError, type EdgewiseErrorOptions } from '../../errors.ts'

/** The optional package is not there. Code `llama_cpp_missing`. */
export class LlamaCppMissingError extends EdgewiseError {
  constructor(options?: EdgewiseErrorOptions) {
    super(
      'llama_cpp_missing',
      'node-llama-cpp could not be imported: run `npm install node-llama-cpp@^3.22.1`, or give the imported package as `library`',
      options,
    )
  }
}

/** llama.cpp could not be started, or not open the file. Code `llama_cpp_failed`. */
export class LlamaCppError extends EdgewiseError {
  constructor(what: string, options?: EdgewiseErrorOptions) {
    super('llama_cpp_failed', what, options)
  }
}
