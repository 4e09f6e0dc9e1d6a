/**
 * HTTP to the hub: redirects are followed one by one, over https only, and the token goes to the hub's own origin and
 * nowhere else. What the hub says about the file on the way (commit, checksum) is passed on; refusals become HubError.
 */
import type { Fetch } from '@edgewise/engine'
import { HubError } from './errors.ts'
import { formatReference, type Reference } from './reference.ts'
import { type HubSettings, isLoopback, isSafe } from './settings.ts'

const MAX_REDIRECTS = 5

/** What the answers on the way to a file say about it. */
export interface FileFacts {
  readonly commit?: string | undefined
  /** The hub's name for the content of a large file: its sha256. */
  readonly linked?: string | undefined
  /** The ETag of the last answer that had one. */
  readonly etag?: string | undefined
}

interface Answer {
  readonly response: Response
  readonly url: URL
  readonly facts: FileFacts
}

/** One request with its redirects. Throws HubError `hub_unsafe_redirect`, or as fetch does. */
export async function ask(settings: HubSettings, from: URL, init: RequestInit): Promise<Answer> {
  let url = from
  let facts: FileFacts = {}
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const isHub = url.origin === settings.endpoint.origin
    const headers = new Headers(init.headers)
    if (isHub && settings.token !== undefined) headers.set('authorization', `Bearer ${settings.token}`)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    facts = factsOf(response.headers, isHub, facts)
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return { response, url, facts }
    await response.body?.cancel()
    url = nextUrl(location, url)
  }
  throw new HubError(
    'hub_unsafe_redirect',
    `${from.origin} redirected more than ${MAX_REDIRECTS} times: check HF_ENDPOINT`,
  )
}

function factsOf(headers: Headers, isHub: boolean, before: FileFacts): FileFacts {
  // Only the hub's word counts for what the content should be.
  const own = isHub
    ? { commit: headers.get('x-repo-commit'), linked: headers.get('x-linked-etag') }
    : undefined
  return {
    commit: own?.commit ?? before.commit,
    linked: plainTag(own?.linked) ?? before.linked,
    etag: plainTag(headers.get('etag')) ?? before.etag,
  }
}

/** Without quotes and the mark of a weak one. */
function plainTag(etag: string | null | undefined): string | undefined {
  return etag?.replace(/^W\//, '').replaceAll('"', '')
}

function nextUrl(location: string, from: URL): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  // A hub on the network must not send us to services of this machine.
  const inward = next && isLoopback(next.hostname) && !isLoopback(from.hostname)
  if (next && isSafe(next) && !inward) return next
  throw new HubError(
    'hub_unsafe_redirect',
    `${from.origin} redirected to ${next?.origin ?? 'something that is no address'}: only https is followed; check HF_ENDPOINT`,
  )
}

/**
 * `fetch` for one file: where the hub sends us is remembered until it is no longer let in there (signed addresses expire).
 * `onFacts` hears what the hub said each time it was asked, and may throw.
 */
export function fileFetch(
  settings: HubSettings,
  reference: Reference,
  onFacts: (facts: FileFacts) => void,
): Fetch {
  let known: URL | undefined
  return async (url, init) => {
    if (known) {
      const { response } = await ask(settings, known, init)
      if (response.ok || (response.status !== 401 && response.status !== 403)) return response
      await response.body?.cancel()
      known = undefined
    }
    const { response, url: target, facts } = await ask(settings, url, init)
    if (response.status >= 400 && response.status < 500 && response.status !== 416) {
      const refused = refusal(response, reference, settings)
      if (refused) {
        await response.body?.cancel()
        throw refused
      }
    }
    if (response.ok) {
      onFacts(facts)
      known = target
    }
    return response
  }
}

/** undefined for a status that may pass. */
export function refusal(
  { status, headers }: Response,
  reference: Reference,
  settings: HubSettings,
): HubError | undefined {
  const { org, repo, revision, file } = reference
  const { origin } = settings.endpoint
  const name = formatReference(reference)
  const reason = headers.get('x-error-code')
  if (status === 404 || reason === 'EntryNotFound' || reason === 'RevisionNotFound') {
    return new HubError(
      'hub_not_found',
      reason === 'RevisionNotFound'
        ? `${name}: ${org}/${repo} has no revision ${revision}: look at ${origin}/${org}/${repo}`
        : `${name}: there is no ${file} in ${org}/${repo} at ${revision}: look at ${origin}/${org}/${repo}/tree/${revision}`,
    )
  }
  if (status === 401 || status === 403) {
    const token = settings.token === undefined ? 'set HF_TOKEN' : 'the token in HF_TOKEN is not let in'
    // The hub does not tell strangers whether a private repository exists.
    if (reason === 'RepoNotFound') {
      return new HubError(
        'hub_gated',
        `${name}: ${org}/${repo} does not exist or is private: check the name; if it is private, ${token}`,
      )
    }
    return new HubError(
      'hub_gated',
      `${name}: the hub answered ${status}: ${token}, and accept the licence at ${origin}/${org}/${repo}`,
    )
  }
  if (status === 408 || status === 425 || status === 429) return undefined
  return new HubError(
    'hub_failed',
    `${name}: the hub answered ${status}: try again later, or look at ${origin}/${org}/${repo}`,
  )
}
