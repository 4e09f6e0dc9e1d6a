/** `edgewise start`: the first run. One real call on the embedded model with its receipt, then the gateway. */
import { Command } from 'commander'
import { ask } from '../ask.ts'
import { openWithLedger } from '../open-with-ledger.ts'
import { addServeOptions, type ServeOptions, serveUntilStopped } from '../serve.ts'
import { bold, dim } from '../show.ts'
import { showReceipt } from '../show-receipt.ts'
import { version } from '../version.ts'

const firstCall = { task: 'intent', text: 'can you move fifty dollars from savings to checking' }

export function startCommand(): Command {
  return addServeOptions(new Command('start'))
    .description('run one call on the embedded model, print its receipt, then serve')
    .action(async (options: ServeOptions) => {
      using system = await openWithLedger(options)
      console.log(`\n${bold(`Edgewise ${version}`)}  ${dim('run every LLM call where it pays')}\n`)
      const { text, receipt } = await ask(system.model, firstCall.task, firstCall.text)
      console.log(`${dim(firstCall.task.padEnd(10))}${firstCall.text}`)
      console.log(`${dim('answer'.padEnd(10))}${bold(text)}\n`)
      console.log(showReceipt(receipt))
      await serveUntilStopped(system, options)
    })
}
