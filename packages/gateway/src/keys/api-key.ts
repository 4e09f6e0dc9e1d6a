/**
 * API keys. A key is 256 random bits after the prefix `ew_`; what is kept of it is its SHA-256, which tells nothing of
 * such a key, so that neither a key file nor a log can be used to call.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { GatewayError } from '../http/gateway-error.ts'

export interface ApiKey {
  /** Names the key in lists, logs and receipts' owners: the first 12 digits of its hash. */
  readonly id: string
  /** For people. */
  readonly name: string
  /** SHA-256 of the key, 64 hex digits. */
  readonly hash: string
  /** ISO 8601, UTC. */
  readonly created: string
  /** Calls a minute, as many of them at once; no limit when absent. */
  readonly requestsPerMinute?: number
  /** The user its calls are counted for, whomever they name. */
  readonly user?: string
  /** A policy file of its own, where the host offers that. */
  readonly policy?: string
}

export type NewKey = Pick<ApiKey, 'name' | 'requestsPerMinute' | 'user' | 'policy'>

const PREFIX = 'ew_'

/** A new key. `secret` is shown to its owner once and then forgotten. */
export function createKey(options: NewKey, now: Date = new Date()): { secret: string; key: ApiKey } {
  const secret = PREFIX + randomBytes(32).toString('base64url')
  const hash = sha256(secret).toString('hex')
  return { secret, key: { id: hash.slice(0, 12), hash, created: now.toISOString(), ...options } }
}

/** 43 digits of base64url are 256 bits. */
const SECRET = /^ew_[A-Za-z0-9_-]{43}$/

/**
 * The key of a request.
 * @param authorization the header, `Bearer <key>`
 * @throws GatewayError `invalid_api_key`
 */
export function findKey(authorization: string | undefined, keys: readonly ApiKey[]): ApiKey {
  const secret = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (secret === undefined)
    throw unauthorized('this server needs an API key: send it as "authorization: Bearer ew_..."')
  const key = SECRET.test(secret) ? match(sha256(secret), keys) : undefined
  if (key === undefined)
    throw unauthorized('this API key is not known here: it was mistyped or revoked, or is of another server')
  return key
}

/** Looks at every key, whichever fits: the time tells nothing of what is in the list. */
function match(hash: Buffer, keys: readonly ApiKey[]): ApiKey | undefined {
  let found: ApiKey | undefined
  for (const key of keys) if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))) found = key
  return found
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function unauthorized(message: string): GatewayError {
  return new GatewayError(401, 'invalid_api_key', message, null, {
    headers: { 'www-authenticate': 'Bearer' },
  })
}
