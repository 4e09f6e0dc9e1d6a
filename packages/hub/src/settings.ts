/** Where the hub is, who asks, and where files are kept: from the environment, checked once. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { HubError } from './errors.ts'

export interface HubSettings {
  /** Files are at `<endpoint>/<org>/<repo>/resolve/<revision>/<file>`. */
  readonly endpoint: URL
  /** Sent to the endpoint's own origin, and nowhere else. */
  readonly token: string | undefined
  /** Folder of all that is kept; models are in `models` below it. */
  readonly cache: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** HF_ENDPOINT, HF_TOKEN and EDGEWISE_CACHE, or what is usual. Throws HubError `hub_bad_setting`. */
export function hubSettings(
  environment: Environment = process.env,
  platform: string = process.platform,
): HubSettings {
  return {
    endpoint: readEndpoint(environment.HF_ENDPOINT || 'https://huggingface.co'),
    token: readToken(environment.HF_TOKEN),
    cache: cacheFolder(environment, platform),
  }
}

/** Whether nobody between here and there can read or change what is sent. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !isSafe(url) || url.username || url.search || url.hash) {
    throw new HubError(
      'hub_bad_setting',
      `HF_ENDPOINT is ${JSON.stringify(text)}: it must be an https address (http only on this machine), without user or query`,
    )
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

function readToken(text: string | undefined): string | undefined {
  const token = text?.trim()
  if (!token) return undefined
  // Never the token itself: messages are logged.
  if (/^[!-~]+$/.test(token)) return token
  throw new HubError('hub_bad_setting', 'HF_TOKEN has spaces or other characters no token has: copy it again')
}

/** EDGEWISE_CACHE, or what is usual. */
export function cacheFolder(
  environment: Environment = process.env,
  platform: string = process.platform,
): string {
  if (environment.EDGEWISE_CACHE) return environment.EDGEWISE_CACHE
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'edgewise', 'cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'edgewise')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edgewise')
}
