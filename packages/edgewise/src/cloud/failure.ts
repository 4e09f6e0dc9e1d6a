/**
 * What went wrong at a place, in words that may stand in a receipt. A receipt never holds the prompt or the answer,
 * and error messages of servers, libraries and parsers quote both, so only this project's own errors speak for themselves; of
 * everything else the code or the kind is named and the error stays in the thrown error's `cause`.
 */
import { AISDKError, APICallError } from '@ai-sdk/provider'
import { ownError } from '@edgewise/engine'

const STABLE_CODE = /^[a-z][a-z0-9_]{0,63}$/
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{2,63}$/
/** An error's name can be set to any text. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,63}$/
const MAX_LENGTH = 240

/** What Node's fetch refuses by itself, without a code. */
const FETCH_REFUSALS = new Map([
  ['unexpected redirect', 'its address redirects to another one, which is not followed: correct "baseURL"'],
  ['bad port', 'its port is one that fetch never opens: correct "baseURL"'],
])

/** Errors before a connection stood. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether `error`, of a fetch, came before anything could be sent. Of a kind that nobody knows: no. */
export function neverConnected(error: unknown): boolean {
  return (
    NOT_CONNECTED.has(systemCode(error) ?? '') || property(property(error, 'cause'), 'message') === 'bad port'
  )
}

/** The HTTP status the cloud refused the call with; null when it gave none. */
export function refusedStatus(error: unknown): number | null {
  const status = APICallError.isInstance(error) ? error.statusCode : undefined
  return status !== undefined && status >= 400 ? status : null
}

/** The stable code (`out_of_memory`) an error carries, itself or inside the AI SDK's wrapping, or null. */
export function stableCode(error: unknown): string | null {
  const code = property(unwrapped(error), 'code')
  return typeof code === 'string' && STABLE_CODE.test(code) ? code : null
}

/** What went wrong while an answer was read comes wrapped in an error of the call. */
function unwrapped(error: unknown): unknown {
  return APICallError.isInstance(error) && refusedStatus(error) === null && error.cause instanceof Error
    ? error.cause
    : error
}

/** The code of the system (`ECONNREFUSED`) behind an error, or null. */
function systemCode(error: unknown): string | null {
  let current = error
  for (let depth = 0; depth < 8 && current !== undefined; depth++) {
    const code = property(current, 'code')
    if (typeof code === 'string' && SYSTEM_CODE.test(code)) return code
    current = property(current, 'cause')
  }
  return null
}

/** One clause for people, without any text of the call. */
export function describeFailure(thrown: unknown): string {
  const error = stableCode(thrown) === null ? thrown : unwrapped(thrown)
  if (APICallError.isInstance(error)) return describeCallFailure(error)
  if (AISDKError.isInstance(error)) return `what it sent is not an answer (${error.name})`
  if (error instanceof Error && property(error, ownError) === true) return clip(error.message)
  const code = stableCode(error)
  if (code !== null) return `it reported ${code}`
  const system = systemCode(error)
  if (system !== null) return `the connection failed (${system})`
  if (!(error instanceof Error)) return 'it reported an error'
  return `it ended with ${CLASS_NAME.test(error.name) ? error.name : 'an error'}`
}

function describeCallFailure(error: APICallError): string {
  const status = refusedStatus(error)
  if (status !== null) {
    const reported = property(property(error.data, 'error'), 'code')
    const code = typeof reported === 'string' && STABLE_CODE.test(reported) ? ` (${reported})` : ''
    return `HTTP ${status}${code}`
  }
  const system = systemCode(error)
  if (system !== null) return `the connection failed (${system})`
  const refusal = FETCH_REFUSALS.get(String(property(error.cause, 'message')))
  if (refusal !== undefined) return refusal
  return error.statusCode === undefined ? 'the connection failed' : 'its answer could not be read'
}

function property(value: unknown, key: string | symbol): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | symbol, unknown>)[key]
    : undefined
}

function clip(message: string): string {
  const line = message.split('\n', 1)[0]!
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line
}
