/** `edgewise serve`: the OpenAI-compatible gateway and the page, until it is told to stop. */
import { Command } from 'commander'
import { addServeOptions, type ServeOptions, serveUntilStopped } from '../serve.ts'
import { openSystem } from '../system.ts'

export function serveCommand(): Command {
  return addServeOptions(new Command('serve'))
    .description('serve the OpenAI-compatible gateway and the page')
    .action(async (options: ServeOptions) => {
      using system = await openSystem(options.policy)
      await serveUntilStopped(system, options)
    })
}
