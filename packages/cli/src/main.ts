/** The `edgewise` command: thin, one file a subcommand. Errors with a code are told to people, the rest are bugs. */
import { Command } from 'commander'
import { certifyCommand } from './commands/certify.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { factsCommand } from './commands/facts.ts'
import { keysCommand } from './commands/keys.ts'
import { ledgerCommand } from './commands/ledger.ts'
import { measureCommand } from './commands/measure.ts'
import { pullCommand } from './commands/pull.ts'
import { quantizeCommand } from './commands/quantize.ts'
import { rehearseCommand } from './commands/rehearse.ts'
import { replayCommand } from './commands/replay.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { serveCommand } from './commands/serve.ts'
import { startCommand } from './commands/start.ts'
import { traceCommand } from './commands/trace.ts'
import { version } from './version.ts'

const program = new Command('edgewise')
  .description('Run every LLM call where it pays: on the device first, in the cloud only when needed.')
  .version(version)
  .showHelpAfterError()

for (const command of [
  startCommand(),
  runCommand(),
  serveCommand(),
  keysCommand(),
  doctorCommand(),
  pullCommand(),
  quantizeCommand(),
  ledgerCommand(),
  certifyCommand(),
  traceCommand(),
  replayCommand(),
  reportCommand(),
  evaluateCommand(),
  factsCommand(),
  measureCommand(),
  rehearseCommand(),
])
  program.addCommand(command)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error
  console.error(`edgewise: ${error.message} (${error.code})`)
  process.exitCode = 1
}
