/**
 * The name of a file on the hub, `hf:<org>/<repo>[@<revision>]/<file>`, taken apart and checked: its parts become part of an
 * address and of a path on this machine, and neither may be led astray by them.
 */
import { HubError } from './errors.ts'

export interface Reference {
  readonly org: string
  readonly repo: string
  /** A branch, a tag or a commit. */
  readonly revision: string
  /** May lie in folders: `Q4_K_M/model.gguf`. */
  readonly file: string
}

const SCHEME = 'hf:'
const SHAPE = 'hf:<org>/<repo>/<file>, hf:<org>/<repo>@<revision>/<file>'
const NAME = /^[A-Za-z0-9][\w.-]*$/
/** What our own files beside a model's end in. */
const OURS = /\.(part|part\.json|lock|pulled\.json)$/i
/** The names Windows keeps for devices, whatever the extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

export function isReference(text: string): boolean {
  return text.startsWith(SCHEME)
}

/** `revision` is that of the text, or the one given, or main. Throws HubError `hub_bad_reference`. */
export function parseReference(text: string, revision?: string): Reference {
  if (!isReference(text)) throw bad(text, `a file on the hub is named ${SHAPE}`)
  const [org, repoAndRevision, ...segments] = text.slice(SCHEME.length).replace(/^\/\//, '').split('/')
  const [repo, written, ...more] = (repoAndRevision ?? '').split('@')
  if (!org || !repo || segments.length === 0 || more.length > 0) {
    throw bad(text, `a file on the hub is named ${SHAPE}`)
  }
  if (written !== undefined && revision !== undefined && written !== revision) {
    throw bad(text, `it names the revision ${written}, and ${revision} was asked for: give one of them`)
  }
  for (const name of [org, repo]) {
    if (!NAME.test(name) || name.includes('..') || name.length > 96)
      throw bad(text, `${show(name)} is no name of the hub`)
  }
  const chosen = written ?? revision ?? 'main'
  for (const name of chosen.split('/')) {
    if (!NAME.test(name) || name.includes('..') || chosen.length > 250) {
      throw bad(text, `${show(chosen)} is no revision: give a branch, a tag or a commit`)
    }
  }
  for (const name of segments) checkSegment(text, name)
  const file = segments.join('/')
  if (OURS.test(file)) throw bad(text, `names that end in ${OURS.exec(file)?.[0]} are kept for our own files`)
  return { org, repo, revision: chosen, file }
}

export function formatReference({ org, repo, revision, file }: Reference): string {
  const at = revision === 'main' ? '' : `@${revision}`
  return `${SCHEME}${org}/${repo}${at}/${file}`
}

/** A name every file system takes as one name, and none as a way out. */
function checkSegment(text: string, name: string): void {
  const hostile =
    name === '' ||
    /^\.+$/.test(name) ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f<>:"|?*\\]/.test(name) ||
    /[. ]$/.test(name) ||
    DEVICES.test(name) ||
    name.length > 200 ||
    !name.isWellFormed()
  if (hostile) throw bad(text, `${show(name)} is no name of a file`)
}

function bad(text: string, problem: string): HubError {
  return new HubError('hub_bad_reference', `${show(text)}: ${problem}`)
}

/** For people: what is invisible or long is shown as it is written in JSON, cut. */
function show(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
