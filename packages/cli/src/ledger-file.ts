/** Where the ledger of this user is: with what programs keep, not with caches, which systems clear when they like. */
import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** EDGEWISE_LEDGER, or `edgewise/ledger.db` where this system keeps the state of programs. */
export function ledgerFile(
  environment: Environment = process.env,
  platform: string = process.platform,
): string {
  if (environment.EDGEWISE_LEDGER) return environment.EDGEWISE_LEDGER
  return join(stateFolder(environment, platform), 'edgewise', 'ledger.db')
}

function stateFolder(environment: Environment, platform: string): string {
  if (platform === 'win32') return environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return environment.XDG_STATE_HOME || join(homedir(), '.local', 'state')
}
