/**
 * The `edgewise` command: thin, one file a subcommand, of which only the one that is called is loaded. Errors with a code are told to
 * people, the rest are bugs.
 */
import { Command } from 'commander'
import { printableLines } from './printable.ts'
import { version } from './version.ts'

/** In the order in which help lists them. */
const commands: { readonly [name: string]: () => Promise<Command> } = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
  run: async () => (await import('./commands/run.ts')).runCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  keys: async () => (await import('./commands/keys.ts')).keysCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  pull: async () => (await import('./commands/pull.ts')).pullCommand(),
  quantize: async () => (await import('./commands/quantize.ts')).quantizeCommand(),
  decide: async () => (await import('./commands/decide.ts')).decideCommand(),
  distill: async () => (await import('./commands/distill.ts')).distillCommand(),
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  facts: async () => (await import('./commands/facts.ts')).factsCommand(),
  measure: async () => (await import('./commands/measure.ts')).measureCommand(),
  ledger: async () => (await import('./commands/ledger.ts')).ledgerCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  trace: async () => (await import('./commands/trace.ts')).traceCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  certify: async () => (await import('./commands/certify.ts')).certifyCommand(),
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearseCommand(),
}

const program = new Command('edgewise')
  .description('Run every LLM call where it pays: on the device first, in the cloud only when needed.')
  .version(version)
  .showHelpAfterError()

const aliases: { readonly [name: string]: string } = { eval: 'evaluate' }
const given = process.argv[2] ?? ''
const called = Object.hasOwn(aliases, given) ? aliases[given]! : given
const isVersion = called === '--version' || called === '-V'
const wanted = Object.hasOwn(commands, called) ? [called] : isVersion ? [] : Object.keys(commands)
for (const name of wanted) program.addCommand(await commands[name]!())

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error
  // A message tells what a file or a server said.
  console.error(`edgewise: ${printableLines(error.message)} (${error.code})`)
  process.exitCode = 1
}
