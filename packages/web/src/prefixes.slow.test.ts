/**
 * Prefixes kept in Chromium's private file system, over a reload of the page. Chromium is the one at CHROMIUM_PATH, or
 * Debian's; without one this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import { pageInChromium } from './testing/page-in-chromium.ts'
import type { PrefixesFound } from './testing/prefixes-page.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: prefixes in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

test.skipIf(lacks)(`prefixes survive a reload, damaged ones do not (needs ${executablePath})`, async () => {
  await using chromium = await pageInChromium(executablePath, await bundle('./prefixes-page.ts'))
  const page = await chromium.browser.newPage()
  const visit = async (damage: boolean): Promise<PrefixesFound> => {
    await page.goto(chromium.url)
    await page.waitForFunction('globalThis.tryPrefixes !== undefined')
    return (await page.evaluate(`tryPrefixes(${damage})`)) as PrefixesFound
  }
  const first = await visit(false)
  expect(first).toMatchObject({ loaded: [], cachedTokens: 0, files: [{ bytes: expect.any(Number) }] })
  const second = await visit(false)
  expect(second).toEqual({ ...first, loaded: [60], cachedTokens: 60 })
  const third = await visit(true)
  expect(third).toEqual({ ...first, loaded: ['damaged'] })
  expect(await visit(false)).toEqual(second)
})
