/** What prompt-api.slow.test.ts runs in a page: the browser's `LanguageModel` as a device, then ours in its place. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type PromptApi, type PromptModel, promptApi, promptApiDevice } from 'edgewise'
import { finish, text } from '../../../edgewise/src/testing/models.ts'

export interface PromptApiFound {
  /** What the browser says of its own model; null without the API. */
  readonly availability: string | null
  /** The error of the device on it. */
  readonly own: unknown
  /** Members that the browser's sessions have and ours lack, but for those that only extensions have. */
  readonly members: readonly string[]
  readonly placed: readonly string[]
  readonly parsed: unknown
  readonly again: string
  readonly tooLong: string
}

const gone = [
  'constructor',
  'measureInputUsage',
  'inputUsage',
  'inputQuota',
  'onquotaoverflow',
  'topK',
  'temperature',
]

/** Answers JSON where it is asked for, else a list in two pieces. */
const model: PromptModel = {
  specificationVersion: 'v4',
  provider: 'test',
  modelId: 'page',
  supportedUrls: {},
  facts: {
    contextLength: 100,
    countTokens: (_, { prompt }) => JSON.stringify(prompt).length,
    lacks: () => [],
  },
  doGenerate: () => Promise.reject(new Error('the page streams')),
  async doStream({ responseFormat }) {
    const said = responseFormat?.type === 'json' ? ['{"a":1}'] : ['[1', ', 2]']
    const parts = [...text(...said), finish({ input: 1, output: 1 })]
    return {
      stream: new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          for (const part of parts) controller.enqueue(part)
          controller.close()
        },
      }),
    }
  },
}

async function tryPromptApi(): Promise<PromptApiFound> {
  const scope = globalThis as unknown as { LanguageModel?: PromptApi & { prototype: object } }
  const browsers = scope.LanguageModel
  const availability = browsers ? await browsers.availability() : null
  const own = await promptApiDevice().then(
    () => null,
    ({ code, availability }) => ({ code, availability }),
  )
  const ours = promptApi(model)
  const session = await ours.create()
  const theirs = browsers ? Object.getOwnPropertyNames(browsers.prototype) : []
  const members = theirs.filter((name) => !gone.includes(name) && !(name in session))

  // As a page does it that has no model of its own.
  Object.assign(scope, { LanguageModel: ours })
  const { LanguageModel } = scope
  const opened = await LanguageModel!.create()
  const placed: string[] = []
  const reader = opened.promptStreaming('count').getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) placed.push(step.value)
  const parsed = JSON.parse(await opened.prompt('json', { responseConstraint: { type: 'object' } }))
  const device = await promptApiDevice()
  const { content } = await device.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }],
  })
  const [first] = content
  const tooLong = await session.prompt('x'.repeat(200)).catch((error: DOMException) => error.name)
  return {
    availability,
    own,
    members,
    placed,
    parsed,
    again: first?.type === 'text' ? first.text : '',
    tooLong,
  }
}

Object.assign(globalThis, { tryPromptApi })
