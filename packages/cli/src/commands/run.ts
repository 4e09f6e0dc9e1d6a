/** `edgewise run TASK [TEXT]`: one call. The answer goes to standard output, the receipt to standard error. */
import { text as readAll } from 'node:stream/consumers'
import { Command } from 'commander'
import { ask } from '../ask.ts'
import { openWithLedger } from '../open-with-ledger.ts'
import { addModelOption, type ModelOption } from '../serve.ts'
import { showReceipt } from '../show-receipt.ts'
import type { System } from '../system.ts'

interface RunOptions extends ModelOption {
  readonly policy?: string
  readonly json?: boolean
}

/** What an audit of the call may take after its answer was printed, ms. */
const AUDIT_MS = 30_000

/** Waits for the audit of the call, where its policy asks for one; Ctrl+C ends the wait. */
async function auditsOf({ edgewise: { audits } }: System, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(AUDIT_MS)])
  limit.addEventListener('abort', () => audits.stop())
  if (limit.aborted) audits.stop()
  await audits.idle()
}

export function runCommand(): Command {
  return addModelOption(new Command('run'))
    .description('answer one call and print its receipt')
    .argument(
      '<task>',
      'a task of the policy: intent, json, redact, fix, complete, or one of your own; chat with --model',
    )
    .argument('[text...]', 'what to work on; read from standard input when absent')
    .option('--policy <file>', 'policy file (default: edgewise.policy.json here, else the built-in one)')
    .option('--json', 'print {text, data, receipt} as JSON')
    .addHelpText(
      'after',
      `
Examples:
  edgewise run fix "i recieved teh package tommorow"
  edgewise run --model model.gguf chat "What is a receipt?"`,
    )
    .action(async (task: string, words: string[], options: RunOptions) => {
      const text = words.length > 0 ? words.join(' ') : (await readAll(process.stdin)).trimEnd()
      using system = await openWithLedger(options)
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort(new Error('interrupted')))
      const answer = await ask(system.model, task, text, stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error
        process.exitCode = 130
      })
      if (!answer) return
      if (options.json) console.log(JSON.stringify(answer))
      else {
        console.log(answer.text)
        console.error(`\n${showReceipt(answer.receipt)}`)
      }
      await auditsOf(system, stop.signal)
    })
}
