/**
 * A subject in Chromium: a browser of its own with one page of the site, without an inspector. Chromium is the one at
 * CHROMIUM_PATH, or Debian's.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Request } from '../runners/runner.ts'
import { end, hold } from './processes.ts'
import { Remote } from './remote.ts'
import type { Give, Site } from './site.ts'
import type { Subject, SubjectName } from './subject.ts'

export const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

export function hasChromium(): boolean {
  return existsSync(chromium)
}

const pages = { chromium: '/edgewise', wllama: '/wllama' } as const satisfies Partial<
  Record<SubjectName, string>
>

export type PageName = keyof typeof pages

export function isPage(name: SubjectName): name is PageName {
  return name in pages
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
]

export async function startBrowser(name: PageName, site: Site): Promise<Subject> {
  const profile = await mkdtemp(join(tmpdir(), 'edgewise-profile-'))
  const id = crypto.randomUUID()
  const requests: Request[] = []
  let give: Give | undefined
  const remote = new Remote((request) => {
    if (!give?.(request)) requests.push(request)
    give = undefined
  })
  site.visitors.set(id, {
    next(wish) {
      const waiting = requests.shift()
      if (!waiting || !wish(waiting)) give = wish
    },
    answered: (answer) => remote.answered(answer),
  })
  const browser = launch(`${site.url}${pages[name]}?id=${id}`, profile)
  browser.on('exit', (code, signal) => remote.ended(`Chromium ended (${signal ?? code})`))
  return {
    name,
    pid: browser.pid!,
    remote,
    async [Symbol.asyncDispose]() {
      site.visitors.delete(id)
      await end(browser)
    },
  }
}

function launch(url: string, profile: string): ChildProcess {
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  })
  hold(browser, profile)
  return browser
}
