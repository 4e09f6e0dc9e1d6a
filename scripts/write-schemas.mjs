/**
 * Writes schemas/: the JSON Schemas of the files that people write, a policy and a use case, from packages/edgewise/src/policy and
 * packages/advisor/src/use-case. Run it after a change there, with Node 24: `node --conditions=edgewise-source scripts/write-schemas.mjs`.
 * A test says when a file is stale.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { useCaseJsonSchema } from '../packages/advisor/src/use-case/json-schema.ts'
import { policyJsonSchema } from '../packages/edgewise/src/policy/json-schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const schemas = { policy: policyJsonSchema(), 'use-case': useCaseJsonSchema() }
for (const [name, schema] of Object.entries(schemas))
  writeFileSync(`${root}schemas/edgewise.${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`)
const { status } = spawnSync(`${root}node_modules/.bin/biome`, ['format', '--write', 'schemas'], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
