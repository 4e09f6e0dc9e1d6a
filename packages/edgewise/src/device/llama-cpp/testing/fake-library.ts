/** node-llama-cpp as far as it is used, speaking from a script: what it is asked is kept, what can fail fails on demand. */
import type { EvaluatedToken, EvaluateOptions, LlamaCppLibrary, LlamaSequence } from '../library.ts'

export class FakeMemoryError extends Error {}

export interface FakeScript {
  /** Token, its probability, the second's; silence until given up at `hang`. */
  readonly answer?: readonly (readonly [number, number, number?] | 'hang')[]
  readonly failAt?: { readonly getLlama?: Error; readonly loadModel?: Error; readonly createContext?: Error }
  readonly contextSize?: number
}

export interface FakeLibrary extends LlamaCppLibrary {
  /** Every prompt that was run, and what for. */
  readonly runs: { readonly tokens: number[]; readonly options: EvaluateOptions }[]
  readonly schemas: unknown[]
  readonly disposed: string[]
  /** Ends a `hang`. */
  wake(): void
}

export function fakeLibrary({ answer = [], failAt = {}, contextSize = 512 }: FakeScript): FakeLibrary {
  const runs: FakeLibrary['runs'] = []
  const schemas: unknown[] = []
  const disposed: string[] = []
  let held: number[] = []
  let wake = () => {}
  const gone = (what: string) => async () => void disposed.push(what)
  const failing = (at: keyof typeof failAt) => {
    if (failAt[at]) throw failAt[at]
  }
  const sequence: LlamaSequence = {
    get nextTokenIndex() {
      return held.length
    },
    async adaptStateToTokens(tokens) {
      let common = 0
      while (common < held.length && held[common] === tokens[common]) common++
      held = held.slice(0, common)
    },
    async evaluateWithoutGeneratingNewTokens(tokens) {
      held.push(...tokens)
    },
    async *evaluateWithMetadata(tokens, { probabilities }, options) {
      held.push(...tokens)
      runs.push({ tokens: [...held], options })
      for (const step of answer) {
        if (step === 'hang') {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        const [token, confidence, second = 0] = step
        const others: EvaluatedToken['probabilities'] = new Map([
          [token, confidence],
          [token + 1, second],
        ])
        yield probabilities ? { token, confidence, probabilities: others } : { token, confidence }
        held.push(token)
      }
    },
  }
  return {
    runs,
    schemas,
    disposed,
    wake: () => wake(),
    InsufficientMemoryError: FakeMemoryError,
    LlamaGrammarEvaluationState: class {},
    async getLlama() {
      failing('getLlama')
      return {
        dispose: gone('llama'),
        async createGrammarForJsonSchema(schema) {
          schemas.push(schema)
          return {}
        },
        async loadModel() {
          failing('loadModel')
          return {
            dispose: gone('model'),
            async createContext() {
              failing('createContext')
              return { contextSize, getSequence: () => sequence, dispose: gone('context') }
            },
          }
        },
      }
    },
  }
}
