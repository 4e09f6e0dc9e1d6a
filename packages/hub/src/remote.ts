/** A file on the hub, opened: its size, what the hub says it is, and its bytes by range. Nothing is downloaded yet. */
import { type Patience, SourceError, type UrlSource, urlSource } from '@edgewise/engine'
import { fileUrl } from './addresses.ts'
import { HubError } from './errors.ts'
import { type FileFacts, fileFetch } from './hub-fetch.ts'
import { formatReference, type Reference } from './reference.ts'
import type { HubSettings } from './settings.ts'
import { treeSha256 } from './tree.ts'

export interface RemoteFile {
  readonly reference: Reference
  readonly size: number
  /** The commit the revision stands for now, where the hub tells it. */
  readonly commit: string | undefined
  /** Tells one content of the file from another. */
  readonly version: string
  /** What the bytes must hash to; undefined when the hub does not say. */
  readonly sha256: string | undefined
  readonly source: UrlSource
}

const SHA256 = /^[0-9a-f]{64}$/

/** Throws HubError, or the signal's reason. A read of its source may also throw HubError `hub_changed`. */
export async function openRemote(
  reference: Reference,
  settings: HubSettings,
  options: { signal?: AbortSignal | undefined; patience?: Partial<Patience> | undefined } = {},
): Promise<RemoteFile> {
  let facts: FileFacts | undefined
  const fetch = fileFetch(settings, reference, (now) => {
    facts ??= now
    if (now.linked !== facts.linked || now.commit !== facts.commit) throw changed(reference)
  })
  const source = await inHubTerms(reference, () =>
    urlSource(fileUrl(settings, reference), { fetch, ...options }),
  )
  const { commit, linked, etag } = facts!
  const told = [linked, etag].find((tag) => tag !== undefined && SHA256.test(tag))
  return {
    reference,
    size: source.size,
    commit,
    version: linked ?? etag ?? `${source.size} bytes`,
    sha256: told ?? (await treeSha256(reference, settings, commit ?? reference.revision, options.signal)),
    source,
  }
}

/** What the engine's sources throw, said as the hub's user needs it. */
export async function inHubTerms<T>(reference: Reference, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    if (error.problem === 'changed') throw changed(reference, error)
    const code = error.problem === 'unreachable' ? 'hub_offline' : 'hub_failed'
    throw new HubError(code, `${formatReference(reference)}: ${error.message}`, { cause: error })
  }
}

function changed(reference: Reference, cause?: Error): HubError {
  return new HubError(
    'hub_changed',
    `${formatReference(reference)}: the file on the hub was replaced while it was downloaded: pull it again`,
    { cause },
  )
}
