/** A browser's `LanguageModel` that follows a script: it reads options as a browser does, counts a token a character, and fails on demand. */
import type {
  Availability,
  AvailabilityOptions,
  CreateOptions,
  PromptApi,
  PromptInput,
  PromptOptions,
  PromptSession,
} from '../../../prompt-api/shape.ts'

/** A piece of the answer, silence until given up, an exception, or calls of tools: name and argument. */
export type Piece = string | 'HANG' | Error | readonly (readonly [name: string, input: unknown])[]

export interface PromptApiScript {
  readonly availability?: Availability
  readonly answer?: readonly Piece[]
  readonly contextWindow?: number
  /** Options this browser does not know. */
  readonly ignores?: readonly ('tools' | 'samplingMode')[]
  readonly onCreate?: () => Error | undefined
}

export interface FakePromptApi extends PromptApi {
  readonly created: CreateOptions[]
  readonly prompted: { readonly input: PromptInput; readonly options: PromptOptions }[]
  /** Sessions that were not destroyed. */
  open(): number
}

const wordsOf = (input: PromptInput): string =>
  typeof input === 'string' ? input : input.map(({ content }) => content).join('')

export function fakePromptApi(script: PromptApiScript = {}): FakePromptApi {
  const { availability = 'available', answer = ['ok'], contextWindow = 1000, ignores = [] } = script
  const created: CreateOptions[] = []
  const prompted: FakePromptApi['prompted'] = []
  let open = 0
  /** A dictionary of the browser: each member it knows is read, once. */
  const known = (options: AvailabilityOptions): AvailabilityOptions => {
    const { expectedInputs, expectedOutputs } = options
    return {
      ...(expectedInputs && { expectedInputs }),
      ...(expectedOutputs && { expectedOutputs }),
      ...(!ignores.includes('tools') && options.tools && { tools: options.tools }),
      ...(!ignores.includes('samplingMode') &&
        options.samplingMode && { samplingMode: options.samplingMode }),
    }
  }

  const session = (options: CreateOptions): PromptSession => {
    let usage = wordsOf(options.initialPrompts ?? []).length
    open++
    const members: Omit<PromptSession, keyof EventTarget> = {
      get contextUsage() {
        return usage
      },
      contextWindow,
      async prompt() {
        throw new Error('the device streams')
      },
      promptStreaming(input: PromptInput, prompting: PromptOptions = {}) {
        prompted.push({ input, options: prompting })
        const { signal } = prompting
        const givenUp = new Promise<never>((_, reject) => {
          if (signal?.aborted) reject(signal.reason)
          signal?.addEventListener('abort', () => reject(signal.reason))
        })
        givenUp.catch(() => {})
        const pieces = answer.values()
        usage += wordsOf(input).length
        return new ReadableStream<string>({
          async pull(controller) {
            const { done, value: piece } = pieces.next()
            if (done) return controller.close()
            if (piece instanceof Error) throw piece
            if (piece === 'HANG') return givenUp
            if (typeof piece === 'string') {
              usage += piece.length
              return controller.enqueue(piece)
            }
            const running = piece.map(([name, input]) =>
              options.tools!.find((tool) => tool.name === name)!.execute(input),
            )
            await Promise.race([Promise.all(running), givenUp])
          },
        })
      },
      async append() {
        return undefined
      },
      measureContextUsage: async (input: PromptInput) => wordsOf(input).length,
      clone: async () => session(options),
      destroy() {
        open--
        return undefined
      },
    }
    return Object.defineProperties(
      new EventTarget(),
      Object.getOwnPropertyDescriptors(members),
    ) as PromptSession
  }

  return {
    created,
    prompted,
    open: () => open,
    async availability(options = {}) {
      known(options)
      return availability
    },
    async create(options = {}) {
      const { initialPrompts, signal, monitor } = options
      const error = script.onCreate?.()
      if (error) throw error
      signal?.throwIfAborted()
      const told = new EventTarget()
      monitor?.(told)
      if (availability !== 'available') {
        for (const loaded of [0, 0.5, 1])
          told.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded }))
      }
      const read = { ...known(options), ...(initialPrompts && { initialPrompts }) }
      created.push(read)
      return session(read)
    },
  }
}
