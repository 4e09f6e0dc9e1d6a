/**
 * The whole runtime in Chromium: device, cloud, what leaves, a page that goes offline, receipts that stay. Chromium is the one at
 * CHROMIUM_PATH, or Debian's; without one this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Rehearsal, startRehearsal } from '@edgewise/rehearsal'
import type { Rule } from 'edgewise'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import type { Asked } from './testing/edgewise-page.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: the runtime in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

describe.skipIf(lacks)(`edgewise() in Chromium (needs ${executablePath})`, () => {
  let cloud: Rehearsal
  let server: Server
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const rules = [{ answer: { text: 'for [EMAIL_ADDRESS_1]: balance' } }]
    cloud = await startRehearsal({ script: { version: 1, rules } })
    const code = await bundle('./edgewise-page.ts')
    const model = await readFile(new URL('../../../models/mini/edgewise-mini.gguf', import.meta.url))
    server = createServer(async (request, response) => {
      if (request.url === '/mini.gguf') return void response.end(model)
      if (request.url === '/page.js')
        return void response.setHeader('content-type', 'text/javascript').end(code)
      if (!request.url!.startsWith('/v1/')) {
        response.setHeader('content-type', 'text/html')
        return void response.end('<!doctype html><script type="module" src="/page.js"></script>')
      }
      // The cloud at the page's own origin, as a company's proxy would have it.
      const answer = await fetch(cloud.url + request.url, {
        method: 'POST',
        body: await text(request),
        headers: { 'content-type': 'application/json' },
      })
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      for await (const chunk of answer.body!) response.write(chunk)
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.ask !== undefined')
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    server?.close()
    await cloud?.close()
  })

  const ask = (rule: Rule, said: string): Promise<Asked> =>
    page.evaluate(`ask(${JSON.stringify(rule)}, ${JSON.stringify(said)})`) as Promise<Asked>
  const balance = 'what is my bank balance'

  test('the device answers, and the receipt is in IndexedDB', async () => {
    const { text: said, receipt, kept } = await ask({ place: 'prefer-device' }, balance)
    expect(said).toBe('balance')
    expect(receipt).toMatchObject({ place: 'device', model: 'edgewise-mini', bytesOut: 0, recorded: true })
    expect(kept).toMatchObject({ id: receipt.id, task: 'intent', place: 'device' })
    expect(cloud.requests).toHaveLength(0)
  })

  test('a bar out of reach: the cloud answers, an address leaves as a placeholder and comes back', async () => {
    const rule: Rule = {
      place: 'prefer-device',
      privacy: 'redacted',
      escalate: [{ signal: 'minLogprob', threshold: 0 }],
    }
    const { text: said, receipt } = await ask(rule, 'balance of anna@example.org please')
    expect(said).toBe('for anna@example.org: balance')
    expect(receipt).toMatchObject({
      place: 'cloud',
      rehearsal: true,
      avoidedUsd: null,
      attempts: [{ outcome: 'rejected' }, { outcome: 'answered' }],
    })
    const { body } = cloud.requests[0]!
    expect(body).not.toContain('anna@example.org')
    expect(receipt.bytesOut).toBe(Buffer.byteLength(body))
    expect(receipt.sentDigest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a page that is offline: the device answers what would have gone up', async () => {
    await page.context().setOffline(true)
    const { text: said, receipt } = await ask({ place: 'prefer-cloud' }, balance)
    await page.context().setOffline(false)
    expect(said).toBe('balance')
    expect(receipt).toMatchObject({
      place: 'device',
      why: 'the policy prefers the cloud, but this host is offline',
      bytesOut: 0,
    })
  })
})
