/**
 * Prefixes kept in Chromium's private file system, over a reload of the page. Chromium is the one at CHROMIUM_PATH, or
 * Debian's; without one this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import type { PrefixesFound } from './testing/prefixes-page.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: prefixes in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

test.skipIf(lacks)(`prefixes survive a reload, damaged ones do not (needs ${executablePath})`, async () => {
  const code = await bundle('./prefixes-page.ts')
  // From a server on this machine: only a secure context has the file system.
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? code : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage()
    const visit = async (damage: boolean): Promise<PrefixesFound> => {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
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
  } finally {
    await browser.close()
    server.close()
  }
})
