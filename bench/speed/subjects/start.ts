/** Starts those that are to be timed and opens the model in each; who cannot is left out, with the reason. */
import { stripVTControlCharacters } from 'node:util'
import { note } from '../progress.ts'
import type { Opened } from '../runners/runner.ts'
import { chromium, hasChromium, isPage, startBrowser } from './browser.ts'
import { startChild } from './child.ts'
import { addressOf, openSite, type Site } from './site.ts'
import { type Subject, type SubjectName, titles } from './subject.ts'

export interface Ready {
  readonly subject: Subject
  readonly opened: Opened
}

export interface Team extends AsyncDisposable {
  readonly ready: readonly Ready[]
  /** Why somebody is left out. */
  readonly missing: ReadonlyMap<SubjectName, string>
}

export interface TeamOptions {
  readonly threads: number
  readonly context: number
}

let site: Promise<Site> | undefined

/** One after the other: they load the same file, and memory is not endless. */
export async function openTeam(
  names: readonly SubjectName[],
  path: string,
  options: TeamOptions,
): Promise<Team> {
  const ready: Ready[] = []
  const missing = new Map<SubjectName, string>()
  for (const name of names) {
    note(`${titles[name]}: opening`)
    let subject: Subject | undefined
    try {
      subject = await start(name)
      ready.push({
        subject,
        opened: await subject.remote.open({ source: sourceFor(name, path), ...options }),
      })
    } catch (error) {
      missing.set(name, firstLine(error))
      await subject?.[Symbol.asyncDispose]()
    }
  }
  return {
    ready,
    missing,
    async [Symbol.asyncDispose]() {
      for (const { subject } of ready) await subject[Symbol.asyncDispose]()
    },
  }
}

/** What `name` calls the file at `path`. */
export function sourceFor(name: SubjectName, path: string): string {
  return isPage(name) ? addressOf(path) : path
}

/** Whether this machine lacks what `name` runs in. */
export function lacksHost(name: SubjectName): boolean {
  return isPage(name) && !hasChromium()
}

export async function start(name: SubjectName): Promise<Subject> {
  if (!isPage(name)) return startChild(name)
  if (lacksHost(name))
    throw new Error(`there is no Chromium at ${chromium}: install it, or set CHROMIUM_PATH`)
  site ??= openSite()
  return startBrowser(name, await site)
}

export async function closeSite(): Promise<void> {
  const open = await site?.catch(() => undefined)
  await open?.[Symbol.asyncDispose]()
  site = undefined
}

/** Bundlers write whole pages, in colours. */
function firstLine(error: unknown): string {
  const lines = stripVTControlCharacters((error as Error).message).split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, 2)
    .join(' ')
}
