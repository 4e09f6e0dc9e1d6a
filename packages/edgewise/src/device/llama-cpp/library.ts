/**
 * What is used of node-llama-cpp 3, an optional peer: it is imported when the first file is opened, by a name that no bundler
 * follows into a page. Written down here because its types are not there when it is not installed.
 */
import { LlamaCppMissingError } from './errors.ts'

export interface LlamaCppLibrary {
  getLlama(options: {
    readonly gpu: 'auto' | false
    readonly build: 'never'
    readonly skipDownload: true
    readonly logLevel: 'error'
  }): Promise<Llama>
  readonly LlamaGrammarEvaluationState: new (options: {
    readonly model: LlamaModel
    readonly grammar: LlamaGrammar
  }) => object
  /** A class: thrown when weights or a context do not fit. */
  readonly InsufficientMemoryError: new (
    ...args: never[]
  ) => Error
}

export interface Llama {
  loadModel(options: { readonly modelPath: string; readonly loadSignal?: AbortSignal }): Promise<LlamaModel>
  createGrammarForJsonSchema(schema: unknown): Promise<LlamaGrammar>
  dispose(): Promise<void>
}

/** Made once a schema and used by many answers. */
export type LlamaGrammar = object

export interface LlamaModel {
  createContext(options: {
    readonly contextSize: number | { readonly max: number }
    readonly threads?: number
    readonly createSignal?: AbortSignal
  }): Promise<LlamaContext>
  dispose(): Promise<void>
}

export interface LlamaContext {
  readonly contextSize: number
  getSequence(): LlamaSequence
  dispose(): Promise<void>
}

/** The keys and values of one text. */
export interface LlamaSequence {
  /** Tokens it holds. */
  readonly nextTokenIndex: number
  /** Keeps what it has in common with `tokens`, from the first on. */
  adaptStateToTokens(tokens: readonly number[], allowShift: boolean): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
  evaluateWithMetadata(
    tokens: readonly number[],
    metadata: { readonly confidence: true; readonly probabilities: boolean },
    options: EvaluateOptions,
  ): AsyncGenerator<EvaluatedToken, void>
}

export interface EvaluateOptions {
  readonly temperature: number
  readonly topK?: number
  readonly topP?: number
  readonly seed?: number
  readonly grammarEvaluationState?: object
}

export interface EvaluatedToken {
  readonly token: number
  /** The token's probability, after temperature and grammar. */
  readonly confidence: number
  /** Of all tokens, the most probable first. */
  readonly probabilities?: ReadonlyMap<number, number>
}

/** Throws LlamaCppMissingError when it is not installed. */
export async function loadLibrary(): Promise<LlamaCppLibrary> {
  const name = 'node-llama-cpp'
  try {
    return await import(/* @vite-ignore */ name)
  } catch (cause) {
    throw new LlamaCppMissingError({ cause })
  }
}
