/**
 * The device and the way in, in a real Chromium: its `LanguageModel` says "unavailable" on a machine without the model, and the page's own
 * stands in for it. Chromium is the one at CHROMIUM_PATH, or Debian's; without one this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import type { PromptApiFound } from './testing/prompt-api-page.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: the Prompt API in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

async function pageCode(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['edgewise-source', 'module', 'browser', 'import'] },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./testing/prompt-api-page.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'module',
      },
      rolldownOptions: { external: [/^node:/], output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput[]
  return built[0]!.output[0].code
}

test.skipIf(lacks)(`Chromium's own model, and ours in its place (needs ${executablePath})`, async () => {
  const code = await pageCode()
  // From a server on this machine: only a secure context has the API.
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
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.tryPromptApi !== undefined')
    const found = (await page.evaluate('tryPromptApi()')) as PromptApiFound
    console.log(`Chromium ${browser.version()}: ${JSON.stringify(found)}`)
    // A Chromium without the API at all says null, one without the model "unavailable".
    expect([null, 'unavailable']).toContain(found.availability)
    expect(found.own).toEqual({ code: 'prompt_api_unavailable', availability: found.availability })
    expect(found.members).toEqual([])
    expect(found.placed).toEqual(['[1', ', 2]'])
    expect(found.parsed).toEqual({ a: 1 })
    expect(found.again).toBe('[1, 2]')
    expect(found.tooLong).toBe('QuotaExceededError')
  } finally {
    await browser.close()
    server.close()
  }
})
