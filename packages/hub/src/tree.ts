/** The hub's list of a folder, asked only when the file's own answer has no checksum. */
import { treeUrl } from './addresses.ts'
import { ask } from './hub-fetch.ts'
import type { Reference } from './reference.ts'
import type { HubSettings } from './settings.ts'

/** A folder of files is listed a thousand at a time. */
const MAX_PAGES = 20
const MAX_BYTES = 2 ** 24
const PATIENCE_MS = 30_000

/**
 * undefined when the hub cannot tell: it has no such list (mirrors), or the file is no large one. A checksum that cannot be
 * had is no reason to refuse a download; that it was not verified is told.
 */
export async function treeSha256(
  reference: Reference,
  settings: HubSettings,
  revision: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let url: URL | undefined = treeUrl(settings, reference, revision)
  for (let page = 0; url && page < MAX_PAGES; page++) {
    const { entries, next }: Page = await readPage(settings, url, signal)
    const found = entries.find((entry) => entry?.path === reference.file)
    if (found) {
      const oid = found.lfs?.oid
      return typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) ? oid : undefined
    }
    url = next
  }
  return undefined
}

interface Entry {
  readonly path?: unknown
  readonly lfs?: { readonly oid?: unknown } | null
}

interface Page {
  readonly entries: readonly (Entry | null)[]
  readonly next?: URL | undefined
}

async function readPage(settings: HubSettings, url: URL, signal: AbortSignal | undefined): Promise<Page> {
  const nothing = { entries: [] }
  const inTime = AbortSignal.timeout(PATIENCE_MS)
  try {
    const { response } = await ask(settings, url, {
      signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
    })
    const text = response.ok ? await readText(response) : undefined
    if (text === undefined) {
      await response.body?.cancel()
      return nothing
    }
    const entries: unknown = JSON.parse(text)
    if (!Array.isArray(entries)) return nothing
    const [, link] = /<([^>]+)>\s*;\s*rel="next"/.exec(response.headers.get('link') ?? '') ?? []
    const next = link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined
    return { entries, next: next?.origin === url.origin ? next : undefined }
  } catch {
    signal?.throwIfAborted()
    return nothing
  }
}

/** undefined when there is more of it than any list has. */
async function readText(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > MAX_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
