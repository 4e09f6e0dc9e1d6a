/**
 * The headers of the web page and its files. Cross-origin isolation (COOP and COEP) is what gives the page shared
 * memory for threads; the content security policy lets it run its own scripts and WebAssembly and talk to this
 * server, nothing else.
 */

/** A file of the page by its URL path (`/`, `/app.js`), or undefined when there is none. `type` is its media type. */
export type Page = (path: string) => Promise<{ body: Uint8Array; type: string } | undefined>

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The file as a response, or undefined when the page has none at this path. */
export async function servePage(page: Page, path: string): Promise<Response | undefined> {
  const file = await page(path)
  if (file === undefined) return undefined
  // The DOM's types ask for unshared memory; a file read from disk is that.
  return new Response(file.body as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': file.type,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    },
  })
}
