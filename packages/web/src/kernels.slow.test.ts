/**
 * The kernel suites, which the fast tests run on this Node, on other hosts: Node 20 with and without relaxed SIMD, and Chromium.
 * Node 20 is the one at NODE20_PATH, or the first of that version on the PATH; Chromium the one at CHROMIUM_PATH, or
 * Debian's. What is missing is skipped, and said.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from './testing/bundle.ts'
import type { KernelSuiteReport } from './testing/kernel-suite.ts'

const run = promisify(execFile)

async function findNode20(): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  for (const path of [process.env.NODE20_PATH ?? '', ...onPath].filter(existsSync)) {
    const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }))
    if (stdout.startsWith('v20.')) return path
  }
  return undefined
}

const node20 = await findNode20()
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const noChromium = !existsSync(executablePath)
if (!node20) console.warn('SKIPPED: kernels on Node 20: none on the PATH. Install it, or set NODE20_PATH.')
if (noChromium) console.warn(`SKIPPED: kernels in Chromium: none at ${executablePath}. Set CHROMIUM_PATH.`)

describe('the kernel suites', () => {
  let folder: string
  let code: string
  let file: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgewise-kernels-'))
    file = join(folder, 'kernel-suite.mjs')
    code = await bundle('./kernel-suite.ts', { vitest: './suite-runner.ts' })
    await writeFile(file, code)
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function onNode(path: string, ...flags: string[]): Promise<KernelSuiteReport> {
    const script = `import(${JSON.stringify(file)}).then(async (suite) => console.log(JSON.stringify(await suite.runKernelSuite())))`
    const { stdout } = await run(path, [...flags, '--input-type=module', '-e', script], {
      maxBuffer: 2 ** 26,
    })
    return JSON.parse(stdout)
  }

  function expectAllRight(report: KernelSuiteReport): void {
    expect(report.failed).toEqual([])
    expect(report.passed).toBeGreaterThan(300)
  }

  test.skipIf(!node20)('Node 20, SIMD128', async () => {
    const report = await onNode(node20!)
    expectAllRight(report)
    expect(report.dot).toBe('simd128')
  })

  test.skipIf(!node20)('Node 20, relaxed SIMD', async () => {
    const report = await onNode(node20!, '--experimental-wasm-relaxed-simd')
    expectAllRight(report)
    expect(report.dot).toMatch(/^relaxed/)
  })

  test.skipIf(noChromium)(`Chromium (needs ${executablePath})`, async () => {
    const browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    })
    try {
      const page = await browser.newPage()
      // As text: an import() written here would be this test runner's own.
      const url = `data:text/javascript,${encodeURIComponent(code)}`
      const script = `import(${JSON.stringify(url)}).then((suite) => suite.runKernelSuite())`
      const report = (await page.evaluate(script)) as KernelSuiteReport
      expectAllRight(report)
      expect(report.dot).toMatch(/^relaxed/)
    } finally {
      await browser.close()
    }
  })
})
