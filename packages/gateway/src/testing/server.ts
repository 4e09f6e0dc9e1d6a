/** A gateway for tests: the app around a hand-made model, in memory or on a free port. */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { memoryLedger } from '@edgewise/evidence'
import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts'
import { type ServeOptions, type Serving, serveGateway } from '../serve.ts'
import { receipt } from './models.ts'

export const MODEL = 'edgewise'

export function gatewayOf(model: LanguageModelV4, options: Partial<GatewayOptions> = {}): Gateway {
  const ledger = memoryLedger()
  ledger.put(receipt)
  return createGateway({ model, ledger, models: [{ id: MODEL, created: 1_767_225_600 }], ...options })
}

/** `await using server = await serve(model)`: closed at the end of the block, with whatever still runs. */
export async function serve(
  model: LanguageModelV4,
  options: Partial<GatewayOptions> = {},
  serving: Partial<ServeOptions> = {},
): Promise<Serving & AsyncDisposable> {
  const server = await serveGateway(gatewayOf(model, options), { port: 0, ...serving })
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close(0) })
}

/** The smallest request body, and changes to it. */
export function bodyOf(changes: object = {}): object {
  return { model: MODEL, messages: [{ role: 'user', content: 'hi' }], ...changes }
}

export function post(
  app: Gateway,
  body: unknown,
  headers: Record<string, string> = {},
  path = '/v1/chat/completions',
): Promise<Response> | Response {
  return app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Waits until a condition holds, at most two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 2000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not come true within 2 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A chat completion over a socket. */
export function call(url: string, body: object, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body), ...init })
}
