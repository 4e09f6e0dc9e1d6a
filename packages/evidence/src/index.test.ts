/** The main entry runs in every host: nothing it reaches needs Node. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

function reached(from: URL, found: Map<string, string[]> = new Map()): Map<string, string[]> {
  if (found.has(from.href)) return found
  const imports = [...readFileSync(from, 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map(
    ([, name]) => name!,
  )
  found.set(from.href, imports)
  for (const name of imports) if (name.startsWith('.')) reached(new URL(name, from), found)
  return found
}

test('what the main entry imports are files of its own, none of them Node’s', () => {
  const files = reached(new URL('./index.ts', import.meta.url))
  expect(files.size).toBeGreaterThan(4)
  for (const [file, imports] of files) {
    expect(file).not.toContain('/sqlite/')
    for (const name of imports) expect(name, file).toMatch(/^\./)
  }
})
