/**
 * Writes schemas/edgewise.use-case.schema.json, the JSON Schema of a use-case file, from packages/advisor/src/use-case. Run it
 * after a change there, with Node 24: `node scripts/write-use-case-schema.mjs`. A test says when
 * the file is stale.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { useCaseJsonSchema } from '../packages/advisor/src/use-case/json-schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = 'schemas/edgewise.use-case.schema.json'
writeFileSync(root + file, `${JSON.stringify(useCaseJsonSchema(), null, 2)}\n`)
const { status } = spawnSync(`${root}node_modules/.bin/biome`, ['format', '--write', file], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
