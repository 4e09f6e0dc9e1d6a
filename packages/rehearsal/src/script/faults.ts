/**
 * The ways a rehearsal goes wrong, as data. A fault is written by its name, which stands for the defaults below, or as
 * an object. Refused connections and names that do not resolve need no server: point the client at a closed port or at
 * `nowhere.invalid`.
 */
import * as z from 'zod'

export type Fault =
  /** An error status with OpenAI's error body. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Nothing, not even headers, for so long; then the answer. */
  | { readonly kind: 'slow-headers'; readonly ms: number }
  /** A web page with status 200, as a captive portal sends it. */
  | { readonly kind: 'html' }
  /** JSON of another protocol, with status 200. */
  | { readonly kind: 'wrong-json' }
  /** The connection is reset where the headers should come. */
  | { readonly kind: 'reset-before-headers' }
  /** After so many tokens: the connection is reset. */
  | { readonly kind: 'reset'; readonly afterTokens: number }
  /** After so many tokens: nothing more comes, the connection stays open. */
  | { readonly kind: 'stall'; readonly afterTokens: number }
  /** After so many tokens: the response ends as if it were whole. */
  | { readonly kind: 'cut'; readonly afterTokens: number }
  /** After so many tokens: a frame that is not JSON, then the rest. */
  | { readonly kind: 'malformed'; readonly afterTokens: number }
  /** After so many tokens: a frame that reports an error, then the end without `[DONE]`. */
  | { readonly kind: 'error-frame'; readonly afterTokens: number; readonly code: string }
  /** A text of so many megabytes. */
  | { readonly kind: 'huge'; readonly megabytes: number }
  /** Tokens without an end. */
  | { readonly kind: 'endless' }

export type FaultName = '401' | '429' | '500' | '503' | Exclude<Fault['kind'], 'status'>

/** What a name alone stands for. */
export const namedFaults: Readonly<Record<FaultName, Fault>> = {
  '401': { kind: 'status', status: 401 },
  '429': { kind: 'status', status: 429, retryAfterSeconds: 1 },
  '500': { kind: 'status', status: 500 },
  '503': { kind: 'status', status: 503 },
  'slow-headers': { kind: 'slow-headers', ms: 30_000 },
  html: { kind: 'html' },
  'wrong-json': { kind: 'wrong-json' },
  'reset-before-headers': { kind: 'reset-before-headers' },
  reset: { kind: 'reset', afterTokens: 3 },
  stall: { kind: 'stall', afterTokens: 3 },
  cut: { kind: 'cut', afterTokens: 3 },
  malformed: { kind: 'malformed', afterTokens: 3 },
  'error-frame': { kind: 'error-frame', afterTokens: 3, code: 'overloaded' },
  huge: { kind: 'huge', megabytes: 100 },
  endless: { kind: 'endless' },
}

export const faultNames: readonly FaultName[] = Object.keys(namedFaults) as FaultName[]

const afterTokens = z.int().min(0)

/** Reads a fault, written either way. */
export const faultSchema: z.ZodType<Fault> = z.union(
  [
    z.enum(faultNames as [FaultName, ...FaultName[]]).transform((name): Fault => namedFaults[name]),
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('status'),
        status: z.int().min(300).max(599),
        retryAfterSeconds: z.number().min(0).exactOptional(),
      }),
      z.strictObject({ kind: z.literal('slow-headers'), ms: z.number().min(0) }),
      z.strictObject({ kind: z.enum(['html', 'wrong-json', 'reset-before-headers', 'endless']) }),
      z.strictObject({ kind: z.enum(['reset', 'stall', 'cut', 'malformed']), afterTokens }),
      z.strictObject({ kind: z.literal('error-frame'), afterTokens, code: z.string().min(1) }),
      z.strictObject({ kind: z.literal('huge'), megabytes: z.number().min(0).max(10_000) }),
    ]),
  ],
  { error: `must be one of ${faultNames.join(', ')}, or an object with one of the kinds` },
)
