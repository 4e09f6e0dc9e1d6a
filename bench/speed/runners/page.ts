/**
 * A runner in a page or its worker: asks the site for the next request and posts what came of it. No inspector is
 * attached to the browser, which would cost time and memory.
 */
import { answer, type Request, type Runner } from './runner.ts'

export async function servePage(runner: Runner): Promise<void> {
  const id = new URLSearchParams(location.search).get('id')
  for (;;) {
    const next = await fetch(`/next?id=${id}`)
    if (next.status === 204) continue
    if (!next.ok) return
    const said = await answer(runner, (await next.json()) as Request)
    await fetch(`/answer?id=${id}`, { method: 'POST', body: JSON.stringify(said) })
  }
}
