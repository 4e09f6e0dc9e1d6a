/**
 * The built page in Chromium, against the real gateway with scripted answers: what a person sees after each task, that
 * failures are told, that nothing breaks the security policy, and that the model runs in the tab's worker.
 * It builds the page first. Chromium is the one at CHROMIUM_PATH, or Debian's; without one all is skipped, and said.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadMini } from '@edgewise/mini'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { convert } from '../../../models/mini/src/convert.ts'
import { tinyCheckpoint, tinyConfig } from '../../../models/mini/src/testing/tiny-mini.ts'
import { formatLogprob } from './format.ts'
import { runHere } from './in-tab/run-here.ts'
import { tasks } from './tasks.ts'
import { startScriptedGateway } from './testing/scripted-gateway.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const browserMissing = !existsSync(executablePath)
const modelMissing = !existsSync(new URL('../../../models/mini/edgewise-mini.gguf', import.meta.url))
/** For a machine that is busy with other tests, ms. */
const patience = 30_000
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

if (browserMissing)
  console.warn(`SKIPPED: no Chromium at ${executablePath}. Install it, or set CHROMIUM_PATH.`)
if (modelMissing) console.warn('SKIPPED in part: models/mini/edgewise-mini.gguf is not there.')

describe.skipIf(browserMissing)(`the page in Chromium (needs ${executablePath})`, () => {
  let gateway: Awaited<ReturnType<typeof startScriptedGateway>>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    await build({ root: fileURLToPath(new URL('..', import.meta.url)), logLevel: 'error' })
    gateway = await startScriptedGateway()
    browser = await chromium.launch({ executablePath, args })
  }, patience)
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
  })
  beforeEach(async () => {
    page = await browser.newPage({ reducedMotion: 'reduce' })
    page.setDefaultTimeout(patience)
    complaints = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(`${gateway.url}/`)
    await page.getByText('Gateway connected').waitFor()
  })
  afterEach(async () => {
    await page.close()
  })

  const run = async (title: string, text?: string): Promise<void> => {
    await page.getByRole('tab', { name: title }).click()
    if (text !== undefined) await page.getByLabel('Text', { exact: true }).fill(text)
    await page.getByRole('button', { name: /^Run/ }).click()
  }
  const answer = async (): Promise<string> => {
    const card = page.getByRole('region', { name: 'Answer' })
    await card.and(page.locator('[aria-busy=false]')).waitFor()
    return (await card.allInnerTexts()).join()
  }
  const receipt = async (): Promise<string> => {
    const paper = page.getByRole('complementary', { name: 'Receipt' })
    await paper.getByText('left this device').waitFor()
    return (await paper.allInnerTexts()).join()
  }
  const rows = (): Promise<string[]> => page.locator('tbody tr').allInnerTexts()
  /** Receipts this browser keeps for the page. */
  const kept = (of: Page): Promise<number> =>
    of.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opened = indexedDB.open('edgewise-ledger')
          opened.onerror = () => reject(opened.error)
          opened.onsuccess = () => {
            const counted = opened.result.transaction('receipts').objectStore('receipts').count()
            counted.onsuccess = () => {
              opened.result.close()
              resolve(counted.result)
            }
          }
        }),
    )

  test.each(tasks.map((t) => t.title))(
    '%s runs through the gateway and prints its receipt',
    async (title) => {
      const before = (await rows()).length
      await run(title)
      const shown: Record<string, RegExp> = {
        Intent: /card declined[\s\S]*card_declined\s+96 %[\s\S]*oos\s+< 1 %/,
        JSON: /\{ "name": "city", "value": "Lisbon" \}[\s\S]*Lisbon\s*city/i,
        Redact: /Maria Jensen\s*person[\s\S]*card is \[CREDIT_CARD_1\]\./i,
        Fix: /recieved\s*received[\s\S]*3 corrections/,
        Complete: /passport online if\s+you are a citizen and your old passport has expired\./,
      }
      expect(await answer()).toMatch(shown[title]!)
      const printed = await receipt()
      expect(printed).toMatch(/where\s+device[\s\S]*first token\s+8.41 ms[\s\S]*total\s+11.8 ms/)
      expect(printed).toMatch(/mean logprob\s+−0.04 ≥ −0.60 ✓[\s\S]*certificate\s+cert-intent-7/)
      expect(printed).toMatch(/cost\s+\$0\s+avoided\s+\$0.000031\s+At the price of gpt-5-mini on 2026-08-05/)
      expect(printed).toMatch(/signal meanLogprob\s+−0.04 against −0.6\s+passed/)
      expect(printed).toMatch(/left this device\s+0 B/)
      expect(printed.includes('tokens/s')).toBe(title === 'Complete')
      await expect.poll(async () => (await rows()).length, { timeout: patience }).toBe(before + 1)
      expect(complaints).toEqual([])
    },
  )

  test('an escalated call shows its path, both tries, its cost and what left the device', async () => {
    await run('Complete', 'to the cloud with this')
    await answer()
    const printed = await receipt()
    expect(printed).toMatch(/Path\s+task\s+complete[\s\S]*budget\s+0.41 against 2\s+within the budget/)
    expect(printed).toMatch(/signal meanLogprob\s+−1.42 against −0.6\s+did not pass/)
    expect(printed).toMatch(/device rejected[\s\S]*−1.42 is below −0.60[\s\S]*cloud answered, 812 ms/)
    expect(printed).toMatch(/sent 2 times · \$0.000041/)
    expect(printed).toMatch(/−1.42 < −0.60 ✗\s+schema\s+valid ✓\s+length\s+11 ≤ 40 ✓/)
    expect(printed).toMatch(/where\s+cloud[\s\S]*speed\s+61.2 tokens\/s[\s\S]*left this device\s+412 B/)
    expect(printed).toMatch(/privacy\s+leaves redacted\s+sha256\s+9f86d081884c7d65…/)
    expect(printed).toMatch(/redacted\s+2 PERSON, 1 EMAIL_ADDRESS\s+names found\s+81 % on wnut17/)
    expect(printed).toMatch(/selected\s+3 of 14 passages, 480 of 2210 tokens/)
    expect(printed).not.toMatch(/rehearsal/i)
  })

  test('a rehearsal says so before anything else, in the table too, and is in no sum of money', async () => {
    await run('Complete', 'a race to the end')
    await answer()
    const printed = await receipt()
    expect(printed).toMatch(/^\s*rehearsal\s+The cloud is played: nothing was bought, nothing was saved\./i)
    expect(printed).toMatch(/where\s+cloud rehearsal[\s\S]*device cancelled[\s\S]*the cloud answered first/)
    expect(printed).toMatch(/cost\s+\$0.000041 \(not paid\)\s+avoided\s+nothing, a rehearsal/)
    await expect.poll(async () => (await rows())[0], { timeout: patience }).toMatch(/cloud rehearsal/)
    await page.getByText(/1 rehearsed, not counted as money/).waitFor()
  })

  test("a failure shows the gateway's message, its code and the receipt of the try", async () => {
    await run('Fix', 'this is broken')
    expect(await answer()).toMatch(/The cloud is not set up: set OPENAI_API_KEY[\s\S]*cloud_unavailable/)
    expect(await receipt()).toMatch(/where\s+no answer\s+error\s+cloud_unavailable[\s\S]*cloud failed/)
  })

  test('a running call can be stopped with Escape and keeps what it said', async () => {
    await run('Complete', 'slow')
    await page.getByText('you are a').waitFor()
    await page.getByLabel('Text', { exact: true }).press('Escape')
    expect(await answer()).toMatch(/You stopped this call\.[\s\S]*aborted[\s\S]*you are a/)
    expect(await receipt()).toMatch(/where\s+stopped/)
    await expect(page.getByRole('button', { name: /^Run/ }).isEnabled()).resolves.toBe(true)
  })

  test('the keyboard is enough: arrows between tasks, Control and Enter to run', async () => {
    await page.getByRole('tab', { name: 'Intent' }).focus()
    await page.keyboard.press('ArrowLeft')
    await expect(page.getByRole('tab', { name: 'Complete' }).getAttribute('aria-selected')).resolves.toBe(
      'true',
    )
    await page.keyboard.press('Home')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+Enter')
    expect(await answer()).toContain('card declined')
  })

  test('a row of the table brings its receipt back', async () => {
    await run('Intent')
    await answer()
    await run('Fix')
    await answer()
    await page
      .getByRole('button', { name: /^Receipt of intent/ })
      .first()
      .click()
    await expect.poll(receipt, { timeout: patience }).toMatch(/· intent/)
  })

  test('without the gateway it says so, offers this tab, and heals by itself', async () => {
    await page.route('**/v1/**', (route) => route.abort())
    await run('Intent')
    expect(await answer()).toMatch(/does not answer\.[\s\S]*in this tab[\s\S]*gateway_unreachable/)
    await page.getByText('Gateway offline').waitFor()
    await page.unroute('**/v1/**')
    await page.getByText('Gateway connected').waitFor()
  })

  test('360 pixels are enough', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const { title } of tasks) {
      await run(title)
      await answer()
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(over).toBe(0)
    }
  })

  test('a model that cannot be fetched is told, with its code', async () => {
    await page.route('**/*.gguf', (route) => route.fulfill({ status: 404, body: '' }))
    await page.getByLabel('in this tab').check()
    await page.getByText('not_mini').waitFor()
    await run('Intent')
    expect(await answer()).toContain('not_mini')
  })

  const enterTab = async (): Promise<void> => {
    await page.getByLabel('in this tab').check()
    await page.getByText('edgewise-mini is in this tab').waitFor()
  }

  describe('in this tab, with a random model of the same form', () => {
    const model = Buffer.from(convert(tinyCheckpoint(1), 'f32'))
    beforeEach(async () => {
      await page.route('**/*.gguf', (route) => route.fulfill({ body: model }))
      await enterTab()
    })

    test.each(tasks.map((t) => t.title))(
      '%s runs in the worker, and nothing leaves the tab',
      async (title) => {
        const sent: string[] = []
        page.on('request', (request) => {
          if (request.method() === 'POST') sent.push(request.url())
        })
        await run(title, 'the word of march')
        expect(await answer()).not.toMatch(/^Answer\s*$/)
        const printed = await receipt()
        expect(printed).toMatch(/where\s+device this tab\s+model\s+edgewise-mini/)
        expect(printed).toMatch(/left this device\s+0 B/)
        expect((await rows())[0]).toMatch(/device this tab/)
        expect(sent).toEqual([])
        expect(complaints).toEqual([])
      },
    )

    test('its receipts are there after a reload, texts and answers are not', async () => {
      await run('Intent', 'the word of march')
      const printed = await receipt()
      await expect.poll(() => kept(page), { timeout: patience }).toBeGreaterThan(0)
      await page.reload()
      await page.locator('tbody tr', { hasText: 'device this tab' }).first().waitFor()
      await page
        .getByRole('button', { name: /^Receipt of intent/ })
        .first()
        .click()
      expect(await receipt()).toBe(printed)
      expect(await page.content()).not.toContain('the word of march')
    })

    test("the kernels are WebAssembly under the page's security policy", async () => {
      await page.getByText(/Kernels: .*SIMD/).waitFor()
    })

    test('without the network it still answers', async () => {
      await page.context().setOffline(true)
      await run('Intent', 'the word of march')
      expect(await receipt()).toMatch(/left this device\s+0 B/)
    })

    test('a text that does not fit is told as the gateway would tell it', async () => {
      await run('Fix', 'the word of march '.repeat(20))
      expect(await answer()).toContain('context_length_exceeded')
      expect(await receipt()).toMatch(/error\s+context_length_exceeded/)
    })
  })

  test('a call in the worker can be stopped while it computes', async () => {
    const config = { ...tinyConfig, max_position_embeddings: 262_144 }
    const model = Buffer.from(convert({ ...tinyCheckpoint(1), config }, 'f32'))
    await page.route('**/*.gguf', (route) => route.fulfill({ body: model }))
    await enterTab()
    // Over two hundred thousand tokens: many seconds of work, if nothing stopped it.
    await run('Redact', 'the word of march '.repeat(15_000))
    await page.getByRole('button', { name: /^Stop/ }).click()
    expect(await answer()).toContain('aborted')
    expect(await receipt()).toMatch(/where\s+stopped/)
  })

  describe.skipIf(modelMissing)(
    'in this tab, with the model that ships (models/mini/edgewise-mini.gguf)',
    () => {
      test('every example gets the very answer that Node gives', async () => {
        using mini = await loadMini()
        await enterTab()
        for (const { name, title, example } of tasks) {
          const request = {
            task: name,
            text: example,
            onText: () => {},
            signal: new AbortController().signal,
          }
          const here = await runHere(mini, request)
          await run(title)
          const shown = await answer()
          if (name === 'complete') expect(shown).toContain(here.text.trim())
          const { inputTokens, outputTokens, signals } = here.receipt!
          const printed = await receipt()
          expect(printed).toMatch(/where\s+device this tab/)
          expect(printed).toMatch(new RegExp(`tokens in · out\\s+${inputTokens} · ${outputTokens}\\s`))
          expect(printed).toContain(formatLogprob(signals[0]!.value))
        }
        await page.getByRole('tab', { name: 'Intent' }).click()
        expect(await answer()).toContain('card declined')
        expect(complaints).toEqual([])
      })
    },
  )
})
