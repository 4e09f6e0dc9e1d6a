/** What the tests of the server device share. */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { prompt } from '../../../testing/models.ts'
import { type Quirks, serverKinds } from '../quirks.ts'
import { type ServerDevice, type ServerDeviceOptions, serverDevice } from '../server-device.ts'
import { type Answer, scriptedServer } from './scripted-server.ts'

/** A row that needs no call to open. */
export const row: Quirks = { ...serverKinds.vllm, readyPath: '/v1/models' }

export const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('hello'),
  ...options,
})

export async function partsOf(
  device: ServerDevice,
  options: Partial<LanguageModelV4CallOptions> = {},
): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of (await device.doStream(call(options))).stream) parts.push(part)
  return parts
}

/** A scripted server and the device on it, until the end of the scope. */
export async function serve(chat: Answer, options: Partial<ServerDeviceOptions> = {}) {
  const server = await scriptedServer({ chat })
  const device = await serverDevice({ baseURL: server.baseURL, kind: row, ...options })
  return { server, device, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
