/**
 * The browser's ledger in Chromium: the suite of all stores, in a page and in a worker; a quota that is used up, tables of another
 * version, and a browser that is killed at any moment. Chromium is the one at CHROMIUM_PATH, or Debian's; without one
 * this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../engine/src/generate/random.ts'
import { bundle } from './testing/bundle.ts'
import { startKillableChromium } from './testing/killable-chromium.ts'
import { type PageInChromium, pageInChromium } from './testing/page-in-chromium.ts'
import type { SuiteReport } from './testing/suite-runner.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: the ledger in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

describe.skipIf(lacks)(`the ledger in Chromium (needs ${executablePath})`, () => {
  let chromium: PageInChromium
  let url: string
  let browser: Browser
  beforeAll(async () => {
    const code = await bundle('./ledger-page.ts', { vitest: './suite-runner.ts' })
    chromium = await pageInChromium(executablePath, code)
    ;({ url, browser } = chromium)
  }, 120_000)
  afterAll(() => chromium?.[Symbol.asyncDispose]())

  const visit = async (page: Page): Promise<Page> => {
    await page.goto(url)
    await page.waitForFunction('globalThis.runLedgerSuite !== undefined')
    return page
  }

  const expectAllRight = (report: SuiteReport): void => {
    expect(report.failed).toEqual([])
    expect(report.skipped).toEqual([])
    expect(report.passed).toBeGreaterThanOrEqual(15)
  }

  test('the suite of all stores, in a page', async () => {
    const page = await visit(await browser.newPage())
    expectAllRight((await page.evaluate('runLedgerSuite()')) as SuiteReport)
    await page.close()
  })

  test('the suite of all stores, in a worker', async () => {
    const page = await visit(await (await browser.newContext()).newPage())
    const script = `new Promise((resolve, reject) => {
      const worker = new Worker('/page.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage('run')
    })`
    expectAllRight((await page.evaluate(script)) as SuiteReport)
    await page.close()
  })

  test('a used-up quota is ledger_full, and what was acknowledged is there', async () => {
    const page = await visit(await browser.newPage())
    const session = await page.context().newCDPSession(page)
    await session.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(url).origin,
      quotaSize: 3_000_000,
    })
    const { acknowledged, code, there } = (await page.evaluate(`fill('full')`)) as Record<string, unknown>
    expect(code).toBe('ledger_full')
    expect(acknowledged).toBeGreaterThan(2)
    expect(there).toBe(acknowledged)
    await page.close()
  })

  test('tables of an older and a later version, of something else, and a ledger that is deleted under its user', async () => {
    const page = await visit(await browser.newPage())
    expect(await page.evaluate('openOlder()')).toEqual(['old', 1])
    expect(await page.evaluate('openNewer()')).toBe('ledger_newer')
    const corrupt = 'ledger_corrupt'
    expect(await page.evaluate('openOther()')).toEqual(['ledger_closed', corrupt, corrupt])
    await page.close()
  })

  /** The browser killed 6 times. False: it came up with all of the site's data gone, as Chromium sometimes does (docs/ledger.md). */
  async function survivesKills(profile: string): Promise<boolean> {
    const random = seededRandom(21)
    const acknowledged: string[] = []
    const seeds: Record<string, number> = {}
    for (let round = 0; ; round++) {
      const { browser, kill } = await startKillableChromium(executablePath, profile)
      try {
        const page = await visit(await browser.contexts()[0]!.newPage())
        const found = (await page.evaluate(`readAll(${JSON.stringify(seeds)})`)) as string[]
        if (found.length === 0 && acknowledged.length > 0) return false
        expect(found).toEqual(expect.arrayContaining(acknowledged))
        if (round === 6) break
        seeds[`k${round}`] = round
        const begun = Promise.withResolvers<void>()
        await page.exposeFunction('tell', (id: string) => {
          acknowledged.push(id)
          begun.resolve()
        })
        page.evaluate(`writeForEver('k${round}', ${round}, tell)`).catch(() => {})
        await begun.promise
        await sleep(random() * 400)
      } finally {
        await kill()
      }
    }
    expect(acknowledged.length).toBeGreaterThan(6)
    return true
  }

  test('the browser killed with SIGKILL at any moment, 6 times: every acknowledged receipt is there, intact', async () => {
    let survived = false
    for (let tries = 0; tries < 3 && !survived; tries++) {
      const profile = await mkdtemp(join(tmpdir(), 'edgewise-profile-'))
      try {
        survived = await survivesKills(profile)
        if (!survived) console.warn("Chromium came up with all of the site's data gone: the kills begin anew")
      } finally {
        await rm(profile, { recursive: true, force: true, maxRetries: 5 })
      }
    }
    expect(survived).toBe(true)
  }, 240_000)
})
