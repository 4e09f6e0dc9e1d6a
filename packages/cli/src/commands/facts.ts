/**
 * `edgewise facts`: what the advisor knows of devices, models, quantisations and prices, with the source of each row; a check of it; and a
 * user's own rows, which are kept in `edgewise.facts.json` of the working folder.
 */
import { readFile } from 'node:fs/promises'
import { AdvisorError, checkFacts, type Facts, type FactTable, nearest, readRows } from '@edgewise/advisor'
import { Argument, Command } from 'commander'
import { factsFileName, readOwnFacts, updateFacts } from '../facts-file.ts'
import {
  checkText,
  type FactRow,
  factTables,
  overview,
  overviewText,
  rowText,
  tableText,
} from '../facts-text.ts'
import { FileError } from '../quantize-files.ts'
import { bold } from '../show.ts'

interface JsonOption {
  readonly json?: true
}

/** `folder` has the user's own rows. */
export function factsCommand(folder: string = process.cwd()): Command {
  const command = new Command('facts')
    .description('what advice rests on: devices, models, quantisations, prices, each with its source')
    .addHelpText('after', `\nYour own rows are in ${factsFileName} of this folder.`)
  command
    .command('list', { isDefault: true })
    .description('how many rows there are, or the rows of a table')
    .addArgument(new Argument('[table]', 'which').choices(factTables))
    .option('--json', 'print them as JSON')
    .action(async (table: FactTable | undefined, { json }: JsonOption) => {
      const { facts, rows } = await readOwnFacts(folder)
      if (table === undefined)
        console.log(
          json
            ? JSON.stringify({ version: facts.version, tables: overview(facts, rows) })
            : overviewText(facts, rows),
        )
      else console.log(json ? JSON.stringify(facts[table]) : tableText(facts, table))
    })
  command
    .command('show')
    .description('everything of a row, and where it is from')
    .argument('<id>')
    .option('--json', 'print a list of {table, row} as JSON')
    .action(async (id: string, { json }: JsonOption) => {
      const found = rowsOf((await readOwnFacts(folder)).facts, id)
      console.log(
        json ? JSON.stringify(found) : found.map(({ table, row }) => rowText(table, row)).join('\n\n'),
      )
    })
  command
    .command('check')
    .description('compute again what can be computed; list what is only claimed (exit code 1 for a mistake)')
    .option('--json', 'print the issues as JSON')
    .action(async ({ json }: JsonOption) => {
      const { facts } = await readOwnFacts(folder)
      const issues = checkFacts(facts)
      console.log(json ? JSON.stringify(issues) : checkText(facts, issues))
      if (issues.some(({ kind }) => kind === 'disagrees')) process.exitCode = 1
    })
  command
    .command('update')
    .description(`add rows of your own, or replace some, in ${factsFileName}`)
    .argument('<file>', 'YAML, or JSON where it ends in .json: devices, models, quantisations, prices, own')
    .option('--json', 'print {file, version, rows} as JSON')
    .action(async (from: string, { json }: JsonOption) => {
      const later = readRows(await textOf(from), from)
      const { file, facts } = await updateFacts(folder, later, from)
      const changed = factTables.flatMap((table) => later[table].map(({ id }) => ({ table, id })))
      if (json) console.log(JSON.stringify({ file, version: facts.version, rows: changed }))
      else {
        for (const { table, id } of changed) console.log(updated(facts, table, id))
        console.log(`${changed.length} row${changed.length === 1 ? ' is' : 's are'} in ${file}`)
      }
    })
  return command
}

function updated(facts: Facts, table: FactTable, id: string): string {
  const replaces = facts[table].find((row) => row.id === id)?.replaces
  return `${table} ${bold(id)}${replaces === undefined ? '' : `, instead of: ${replaces}`}`
}

/** An id may be a model's and a price's. Throws AdvisorError with the nearest of all tables. */
function rowsOf(facts: Facts, id: string): readonly { readonly table: FactTable; readonly row: FactRow }[] {
  const found = factTables.flatMap((table) => {
    const row = (facts[table] as readonly FactRow[]).find((row) => row.id === id)
    return row ? [{ table, row }] : []
  })
  if (found.length > 0) return found
  const all = factTables.flatMap((table): readonly FactRow[] => facts[table])
  throw new AdvisorError(
    'unknown_fact',
    `no row "${id.slice(0, 60)}" in the facts: did you mean ${nearest(all, id).join(', ')}?`,
  )
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError('file_unreadable', `${file} cannot be read (${code}): check the name`, { cause })
  }
}
