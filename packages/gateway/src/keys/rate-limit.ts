/**
 * A token bucket a key: `requestsPerMinute` calls at once, and as many again over each minute. What is left stands in the
 * `x-ratelimit-*` headers that OpenAI's clients know.
 */
import { GatewayError } from '../http/gateway-error.ts'
import type { ApiKey } from './api-key.ts'

const MINUTE_MS = 60_000

export class RateLimit {
  readonly #buckets: Map<string, { tokens: number; at: number }> = new Map()
  readonly #now: () => number

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * Takes one call off the key's bucket.
   * @returns the headers of the answer; none for a key without a limit
   * @throws GatewayError `rate_limited` with the time to wait
   */
  take({ id, requestsPerMinute: limit }: ApiKey): Readonly<Record<string, string>> {
    if (limit === undefined) return {}
    const now = this.#now()
    const before = this.#buckets.get(id) ?? { tokens: limit, at: now }
    const filled = Math.min(limit, before.tokens + ((now - before.at) / MINUTE_MS) * limit)
    const taken = filled >= 1
    const tokens = taken ? filled - 1 : filled
    this.#buckets.set(id, { tokens, at: now })
    const headers = {
      'x-ratelimit-limit-requests': String(limit),
      'x-ratelimit-remaining-requests': String(Math.floor(tokens)),
      'x-ratelimit-reset-requests': `${Math.ceil(((limit - tokens) / limit) * MINUTE_MS)}ms`,
    }
    if (taken) return headers
    const retryAfterMs = ((1 - tokens) / limit) * MINUTE_MS
    const message = `this key may make ${limit} calls a minute: wait ${Math.ceil(retryAfterMs / 1000)} s`
    throw new GatewayError(429, 'rate_limited', message, null, { retryAfterMs, headers })
  }
}
