/**
 * Threads in Chromium: with cross-origin isolation they work, without it or where a policy forbids workers the calling thread
 * does all, and the tokens are the same. Chromium is the one at CHROMIUM_PATH, or Debian's; without one all is skipped.
 */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import type { ThreadsFound, TryThreads } from './testing/threads-page.ts'

declare const tryThreads: TryThreads

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const isMissing = !existsSync(executablePath)
if (isMissing) console.warn(`SKIPPED: threads in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}
const pages: Record<string, Record<string, string>> = {
  '/isolated': isolated,
  '/plain': {},
  '/no-workers': {
    ...isolated,
    'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
  },
}

describe.skipIf(isMissing)(`threads in Chromium (needs ${executablePath})`, () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    const script = await bundle('./threads-page.ts')
    server = createServer((request, response) => {
      const headers = pages[request.url!]
      if (headers) response.writeHead(200, { 'content-type': 'text/html', ...headers })
      else response.writeHead(200, { 'content-type': 'text/javascript', ...isolated })
      response.end(headers ? '<!doctype html><script type="module" src="/page.js"></script>' : script)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  async function found(path: string, patienceMs = 1000): Promise<ThreadsFound> {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    return await page.evaluate((ms) => tryThreads(ms), patienceMs)
  }

  test('a page that is isolated has them', { timeout: 60_000 }, async ({ skip }) => {
    const { offered, running, right, threads, one, three } = await found('/isolated', 20_000)
    expect(offered).toBe(availableParallelism())
    skip(offered === 1, 'this machine has one core')
    expect({ running, right, threads }).toEqual({ running: 2, right: true, threads: 3 })
    expect(three).toEqual(one)
  })

  test('a page that is not has one', { timeout: 60_000 }, async () => {
    const { offered, threads, one, three } = await found('/plain')
    expect({ offered, threads }).toEqual({ offered: 1, threads: 1 })
    expect(three).toEqual(one)
  })

  test('a page that may not start workers does all itself', { timeout: 60_000 }, async () => {
    const { running, right, one, three } = await found('/no-workers')
    expect({ running, right }).toEqual({ running: 0, right: true })
    expect(three).toEqual(one)
    expect(one).toHaveLength(24)
  })
})
