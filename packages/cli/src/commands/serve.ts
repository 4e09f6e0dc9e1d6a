/** `edgewise serve`: the OpenAI-compatible gateway and the page, until it is told to stop. */
import { Command } from 'commander'
import { openWithLedger } from '../open-with-ledger.ts'
import {
  addModelOption,
  addServeOptions,
  type ModelOption,
  type ServeOptions,
  serveUntilStopped,
} from '../serve.ts'

export function serveCommand(): Command {
  return addModelOption(addServeOptions(new Command('serve')))
    .description('serve the OpenAI-compatible gateway, and the page of the embedded model')
    .action(async (options: ServeOptions & ModelOption) => {
      using system = await openWithLedger(options)
      await serveUntilStopped(system, options)
    })
}
