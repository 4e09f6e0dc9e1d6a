/**
 * Writes schemas/edgewise.policy.schema.json, the JSON Schema of a policy file, from packages/edgewise/src/policy. Run it
 * after a change there, with Node 24: `node scripts/write-policy-schema.mjs`. A test says when the file is stale.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { policyJsonSchema } from '../packages/edgewise/src/policy/json-schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = 'schemas/edgewise.policy.schema.json'
writeFileSync(root + file, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
const { status } = spawnSync(`${root}node_modules/.bin/biome`, ['format', '--write', file], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
