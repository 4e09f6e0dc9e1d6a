/**
 * A model server on this machine as a device model: llama-server, mlx_lm.server, `litert-lm serve`, Ollama and whatever else speaks
 * OpenAI's chat completions, by a row of the table in quirks.ts. One on another machine has to be asked for with `remote`; its
 * facts then say `leavesDevice`, and `request.body` of each stream is the text that leaves.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { collect, partsOf } from '../../call/collect.ts'
import { chunkReader } from '../../wire/chunks.ts'
import { thisHost } from '../../wire/env-proxy.ts'
import type { DeviceFacts, DeviceModel } from '../device-model.ts'
import { partStream } from '../part-stream.ts'
import { createTurns } from '../turns.ts'
import { readAddress } from './address.ts'
import { type Client, createClient } from './client.ts'
import { ModelSentOnError } from './errors.ts'
import { probe } from './probe.ts'
import { type Quirks, type ServerKind, serverKinds } from './quirks.ts'
import { lacks, requestBody, topLogprobsOf, warningsOf } from './request.ts'

export interface ServerDeviceOptions {
  /** With the version: `http://127.0.0.1:8080/v1`. */
  readonly baseURL: string
  /** The name to ask for; the first the server lists, or its own word for its model, when not given. */
  readonly model?: string
  /** The runtime, or a row of your own for one that is not in the table. What the list of models tells, when not given. */
  readonly kind?: ServerKind | Quirks
  readonly apiKey?: string
  /**
   * Asks for each answer in one piece: some servers give log-probabilities only so. It then comes late, and a call that was given
   * up may be run to its end there.
   */
  readonly whole?: boolean
  /** Allows another machine. Text then leaves this one. */
  readonly remote?: boolean
  readonly fetch?: typeof fetch
  /** Milliseconds of silence after which an answer is given up; 120,000 when not given. */
  readonly idleMs?: number
  /** Gives up opening it. */
  readonly signal?: AbortSignal
}

export type ServerDevice = DeviceModel & { readonly facts: DeviceFacts; readonly quirks: Quirks }

/**
 * Opens it: the server must be there and its model loaded. Where only a call can tell that, one token is asked for. Throws
 * BadOptionError, NotLoopbackError, ProxiedLoopbackError, ModelSentOnError,
 * ServerUnreachableError, ServerNotReadyError, ServerRefusedError and StalledError.
 */
export async function serverDevice(options: ServerDeviceOptions): Promise<ServerDevice> {
  const {
    baseURL,
    kind,
    apiKey,
    remote = false,
    whole = false,
    signal = new AbortController().signal,
  } = options
  signal.throwIfAborted()
  const address = readAddress(baseURL, remote, options.fetch ? { env: {}, execArgv: [] } : thisHost())
  const client = createClient(address, { apiKey, fetch: options.fetch, idleMs: options.idleMs })
  const given = typeof kind === 'string' ? serverKinds[kind] : kind
  const { quirks, model, contextLength } = await probe(
    client,
    { model: options.model, quirks: given },
    signal,
  )
  const leaves = !address.isLoopback || quirks.sentOn.test(model)
  if (leaves && !remote) throw new ModelSentOnError(quirks.name, model)
  const turns = createTurns(quirks.atOnce)

  const doStream: ServerDevice['doStream'] = async (call) => {
    const body = JSON.stringify(requestBody(call, { model, whole }, quirks))
    return {
      request: { body },
      stream: partStream(turns, {
        abortSignal: call.abortSignal,
        warnings: warningsOf(call, quirks),
        parts: (signal) => parts(client, body, call, quirks, signal),
      }),
    }
  }

  const device: ServerDevice = {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId: shortName(model),
    supportedUrls: {},
    quirks,
    facts: {
      contextLength,
      followsInstructions: true,
      countTokens: () => null,
      lacks: (_, call) => lacks(call, quirks),
      ...(quirks.logprobs === 'stream' || (whole && quirks.logprobs === 'whole')
        ? {}
        : { givesLogprobs: false }),
      ...(leaves ? { leavesDevice: true } : {}),
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
  }
  if (quirks.readyPath === null) await device.doGenerate({ ...oneToken, abortSignal: signal })
  return device
}

const oneToken: LanguageModelV4CallOptions = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  maxOutputTokens: 1,
}

async function* parts(
  client: Client,
  body: string,
  call: LanguageModelV4CallOptions,
  { hidesLength }: Quirks,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const hiddenLimit = hidesLength ? call.maxOutputTokens : undefined
  const reader = chunkReader({ hiddenLimit, topLogprobs: topLogprobsOf(call) })
  for await (const chunk of client.complete(body, signal)) yield* reader.push(chunk)
  yield* reader.end()
}

/** Servers name a model by its file; a receipt wants no folders of this machine. */
function shortName(model: string): string {
  return /^([/\\~.]|[A-Za-z]:\\)/.test(model) ? model.split(/[/\\]/).at(-1)!.split(',')[0]! : model
}
