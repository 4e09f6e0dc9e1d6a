/** A page with one script, in Chromium, from a server on this machine: only a secure context has every API. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'

export interface PageInChromium extends AsyncDisposable {
  readonly browser: Browser
  readonly url: string
}

/** `code`: an ES module without imports (`bundle`). Ends with its server when it is disposed. */
export async function pageInChromium(executablePath: string, code: string): Promise<PageInChromium> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? code : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  try {
    const browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    })
    return {
      browser,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      async [Symbol.asyncDispose]() {
        await browser.close()
        close()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}
