/**
 * Any language model in the shape of the browser's `LanguageModel`, so that a page written for the Prompt API runs on Edgewise:
 *
 *     globalThis.LanguageModel ??= promptApi(edgewise({ policy, device }))
 *
 * `availability()` and `create()` as the browser has them; the rest is in session.ts. `samplingMode` becomes a temperature,
 * languages are not looked at, and of inputs and outputs only text is there.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { DeviceFacts } from '../device/device-model.ts'
import { exception } from './exceptions.ts'
import { readInput } from './messages.ts'
import { type OpenedSession, openSession } from './session.ts'
import type { Availability, AvailabilityOptions, CreateOptions, SamplingMode } from './shape.ts'

/** A model that may tell how long its context is, and count. */
export type PromptModel = LanguageModelV4 & { readonly facts?: DeviceFacts }

export interface EdgewisePromptApi {
  availability(options?: AvailabilityOptions): Promise<Availability>
  create(options?: CreateOptions): Promise<OpenedSession>
}

/** `balanced` is the model's own. */
const temperatures: Readonly<Record<SamplingMode, number | undefined>> = {
  'most-predictable': 0,
  predictable: 0.3,
  balanced: undefined,
  creative: 1,
  'most-creative': 1.3,
}

export function promptApi(model: PromptModel): EdgewisePromptApi {
  return {
    async availability(options = {}) {
      const { tools = [] } = options
      checkSampling(options)
      // Read as a browser reads them: pages find out by that what it knows.
      return Array.isArray(tools) && takesText(options) ? 'available' : 'unavailable'
    },
    async create(options = {}) {
      const { signal, monitor, initialPrompts = [], tools = [], samplingMode = 'balanced' } = options
      checkSampling(options)
      signal?.throwIfAborted()
      if (!takesText(options)) throw exception('NotSupportedError', 'this model takes and gives text alone')
      const { messages } = readInput(initialPrompts, { mayPrefix: false })
      if (monitor) tellProgress(monitor)
      const session = openSession({ model, tools, temperature: temperatures[samplingMode] }, messages)
      signal?.addEventListener('abort', () => session.destroy(), { once: true })
      return session
    },
  }
}

function checkSampling(options: object): void {
  const { samplingMode, topK, temperature } = options as Record<string, unknown>
  if (samplingMode === undefined) return
  if (topK !== undefined || temperature !== undefined) {
    throw new TypeError('give samplingMode, or topK and temperature, not both')
  }
  if (!Object.hasOwn(temperatures, samplingMode as PropertyKey)) {
    throw new TypeError(
      `samplingMode is ${String(samplingMode)}: use ${Object.keys(temperatures).join(', ')}`,
    )
  }
}

const takesText = ({ expectedInputs = [], expectedOutputs = [] }: AvailabilityOptions): boolean =>
  [...expectedInputs, ...expectedOutputs].every(({ type }) => type === 'text')

/** A model that is there was downloaded: pages wait for the end they are told of. */
function tellProgress(monitor: (monitor: EventTarget) => void): void {
  const target = new EventTarget()
  monitor(target)
  for (const loaded of [0, 1]) {
    target.dispatchEvent(
      Object.assign(new Event('downloadprogress'), { loaded, total: 1, lengthComputable: true }),
    )
  }
}
