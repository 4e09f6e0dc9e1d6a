/** What a server says of itself before the first call: its kind, the model to name, the context of a call. */
import { z } from 'zod'
import type { Client } from './client.ts'
import { ServerNotReadyError, ServerRefusedError } from './errors.ts'
import { kindOf, type Quirks, serverKinds } from './quirks.ts'

export interface Probed {
  readonly quirks: Quirks
  /** The name to send with a call. */
  readonly model: string
  /** Tokens of prompt and answer; Infinity where the server does not say. */
  readonly contextLength: number
}

const tokens = z.number().int().positive().optional().catch(undefined).optional()

const listing = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      owned_by: z.unknown().optional(),
      max_model_len: tokens,
      meta: z.object({ n_ctx: tokens }).optional().catch(undefined).optional(),
    }),
  ),
})

const props = z.object({ default_generation_settings: z.object({ n_ctx: tokens }) })

/**
 * `given` is the host's word, `model` and the row, in place of the server's. Throws ServerNotReadyError when it is loading or has
 * not the model, and what the client throws.
 */
export async function probe(
  client: Client,
  given: { readonly model: string | undefined; readonly quirks: Quirks | undefined },
  signal: AbortSignal,
): Promise<Probed> {
  const { origin } = client.address
  const read = async (path: string, from: 'base' | 'origin'): Promise<unknown> =>
    client.get(path, from, signal).catch((error: unknown) => {
      if (error instanceof ServerRefusedError && error.status === 503) {
        throw new ServerNotReadyError(origin, 'it is still loading its model: wait and open it again', {
          cause: error,
        })
      }
      throw error
    })

  const listed = await read('/models', 'base').catch((error: unknown) => {
    // Some servers list nothing; then the host has to say what to ask for.
    if (error instanceof ServerRefusedError && error.status === 404) return undefined
    throw error
  })
  const models = listing.safeParse(listed).data?.data ?? []
  const quirks = given.quirks ?? serverKinds[kindOf(models[0]?.owned_by)]
  if (quirks.readyPath !== null) await read(quirks.readyPath, 'origin')

  const word = 'word' in quirks.model ? quirks.model.word : models[0]?.id
  const model = given.model ?? word
  if (model === undefined) {
    throw new ServerNotReadyError(origin, 'it lists no model: load one, or name the model to ask for')
  }
  const found = models.find(({ id }) => id === model)
  const said =
    quirks.propsPath === null ? undefined : await read(quirks.propsPath, 'origin').catch(() => undefined)
  const contextLength =
    props.safeParse(said).data?.default_generation_settings.n_ctx ??
    found?.meta?.n_ctx ??
    found?.max_model_len ??
    Number.POSITIVE_INFINITY
  return { quirks, model, contextLength }
}
