/** The hub's addresses of a file, and its place on this machine. */
import { join } from 'node:path'
import type { Reference } from './reference.ts'
import type { HubSettings } from './settings.ts'

export function fileUrl({ endpoint }: HubSettings, { org, repo, revision, file }: Reference): URL {
  return new URL(encode(org, repo, 'resolve', revision, ...file.split('/')), endpoint)
}

/** Lists the folder the file is in. */
export function treeUrl({ endpoint }: HubSettings, { org, repo, file }: Reference, revision: string): URL {
  return new URL(encode('api/models', org, repo, 'tree', revision, ...file.split('/').slice(0, -1)), endpoint)
}

function encode(...parts: string[]): string {
  return parts.map((part) => (part === 'api/models' ? part : encodeURIComponent(part))).join('/')
}

export interface Place {
  readonly folder: string
  /** There is a file here only when all of it is there and was checked. */
  readonly file: string
  /** What has come so far, and which bytes of it are there. */
  readonly part: string
  readonly state: string
  readonly lock: string
  /** What the file is and where it came from. */
  readonly record: string
}

export function placeOf({ endpoint, cache }: HubSettings, { org, repo, revision, file }: Reference): Place {
  const hub = `${endpoint.host}${endpoint.pathname}`.replace(/\/$/, '').replace(/[^\w.-]/g, '_')
  // One folder a revision: refs/pr/1 must not become three.
  const path = join(cache, 'models', hub, org, repo, revision.replaceAll('/', '%2F'), ...file.split('/'))
  return {
    folder: join(path, '..'),
    file: path,
    part: `${path}.part`,
    state: `${path}.part.json`,
    lock: `${path}.lock`,
    record: `${path}.pulled.json`,
  }
}
