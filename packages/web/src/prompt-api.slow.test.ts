/**
 * The device and the way in, in a real Chromium: its `LanguageModel` says "unavailable" on a machine without the model, and the page's own
 * stands in for it. Chromium is the one at CHROMIUM_PATH, or Debian's; without one this is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import { pageInChromium } from './testing/page-in-chromium.ts'
import type { PromptApiFound } from './testing/prompt-api-page.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const lacks = !existsSync(executablePath)
if (lacks) console.warn(`SKIPPED: the Prompt API in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

test.skipIf(lacks)(`Chromium's own model, and ours in its place (needs ${executablePath})`, async () => {
  await using chromium = await pageInChromium(executablePath, await bundle('./prompt-api-page.ts'))
  const page = await chromium.browser.newPage()
  await page.goto(chromium.url)
  await page.waitForFunction('globalThis.tryPromptApi !== undefined')
  const found = (await page.evaluate('tryPromptApi()')) as PromptApiFound
  console.log(`Chromium ${chromium.browser.version()}: ${JSON.stringify(found)}`)
  // A Chromium without the API at all says null, one without the model "unavailable".
  expect([null, 'unavailable']).toContain(found.availability)
  expect(found.own).toEqual({ code: 'prompt_api_unavailable', availability: found.availability })
  expect(found.members).toEqual([])
  expect(found.placed).toEqual(['[1', ', 2]'])
  expect(found.parsed).toEqual({ a: 1 })
  expect(found.again).toBe('[1, 2]')
  expect(found.tooLong).toBe('QuotaExceededError')
})
