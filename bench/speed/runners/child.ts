/** A runner in a process of its own: requests come as messages of the process that started it, and end with it. */
import { answer, type Request, type Runner } from './runner.ts'

export function serveParent(runner: Runner): void {
  process.on('message', async (request: Request) => {
    const said = await answer(runner, request)
    if (process.connected) process.send!(said)
  })
  process.on('disconnect', () => process.exit())
}
