/** `edgewise keys`: makes, lists and revokes the API keys of the gateway. A key is shown once, when it is made. */
import { resolve } from 'node:path'
import { KeyFile } from '@edgewise/gateway'
import { Command, InvalidArgumentError } from 'commander'
import { keyFileName, keyPolicy } from '../gateway-keys.ts'
import { bold, dim } from '../show.ts'

interface KeysOption {
  readonly keys: string
}

interface AddOptions extends KeysOption {
  readonly rpm?: number
  readonly user?: string
  readonly policy?: string
}

export function keysCommand(): Command {
  const command = new Command('keys').description('the API keys of the gateway')
  withFile(command.command('add'))
    .description('make a key; it is shown once')
    .argument('<name>', 'what the key is for')
    .option('--rpm <count>', 'calls a minute it may make (default: as many as it likes)', parseCount)
    .option('--user <name>', 'the user its calls are counted for, whomever they name')
    .option('--policy <file>', 'a policy of its own')
    .action((name: string, { keys, rpm, user, policy }: AddOptions) => {
      // By its whole path, as the gateway may be started elsewhere; and read, as it would refuse all calls of the key otherwise.
      const path = policy === undefined ? undefined : resolve(policy)
      if (path !== undefined) keyPolicy(path)
      const { secret, key } = new KeyFile(keys).add({
        name,
        ...(rpm === undefined ? {} : { requestsPerMinute: rpm }),
        ...(user === undefined ? {} : { user }),
        ...(path === undefined ? {} : { policy: path }),
      })
      console.error(dim(`key ${key.id} is in ${keys}; this is the only time it is shown:`))
      console.log(secret)
    })
  withFile(command.command('list', { isDefault: true }))
    .description('the keys, without what would let anybody call')
    .action(({ keys }: KeysOption) => {
      const list = new KeyFile(keys).read()
      if (list.length === 0) console.error(`no keys are in ${keys}`)
      for (const { id, name, created, requestsPerMinute, user, policy } of list) {
        const rate = requestsPerMinute === undefined ? '' : `${requestsPerMinute} a minute`
        const more = [rate, user && `user ${user}`, policy].filter(Boolean).join(', ')
        console.log(`${id}  ${bold(name)}  ${dim([created.slice(0, 10), more].filter(Boolean).join('  '))}`)
      }
    })
  withFile(command.command('revoke'))
    .description('let a key work no more; a gateway that runs sees it within a second')
    .argument('<key>', 'its name or id')
    .action((which: string, { keys }: KeysOption) => {
      const { id, name } = new KeyFile(keys).revoke(which)
      console.log(`revoked ${name} (${id})`)
    })
  return command
}

function withFile(command: Command): Command {
  return command.option('--keys <file>', 'the file the keys are in', keyFileName)
}

function parseCount(value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('calls a minute are a whole number from 1.')
  return count
}
