/** docs/certificates.md and the README show what is really printed, and the page names every option and every reason to refuse. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { certify, type TraceItem } from '@edgewise/evidence'
import { openTrace } from '@edgewise/traces'
import { expect, test } from 'vitest'
import { certifiedText } from './certified-text.ts'
import { certifyCommand } from './commands/certify.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const page = read('docs/certificates.md')
const trace = fileURLToPath(
  new URL('../../../../shared/traces/zellinger-cascades/triviaqa_test.outcomes.csv.gz', import.meta.url),
)
const present = existsSync(trace)

test.skipIf(!present)(
  `the certificate that is shown${present ? '' : ' (skipped: the public trace is absent)'}`,
  async () => {
    const items: TraceItem[] = []
    for await (const item of openTrace(trace)) items.push(item)
    const certified = await certify(items, {
      pair: { device: 'llama3.1-8b', cloud: 'gpt-4o' },
      signal: 'meanLogprob',
      claim: { kind: 'harm', alpha: 0.05 },
    })
    // The id is the digest of everything, the time it was issued at, too.
    const withoutIds = (text: string): string => text.replaceAll(/cert-[0-9a-f]{16}/g, 'cert-')
    const lines = withoutIds(
      stripVTControlCharacters(certifiedText(certified, null, 'edgewise.certificates.json')),
    ).split('\n')
    expect(withoutIds(page)).toContain(`--cloud gpt-4o\n${lines.join('\n')}\n`)
    expect(read('README.md')).toContain(
      lines
        .slice(0, 6)
        .map((line) => `    ${line}\n`)
        .join(''),
    )
  },
)

test('every option that is no matter of where calls are read is told', () => {
  const read = ['--device', '--cloud', '--task', '--since', '--until', '--rehearsal', '--json', '--no-write']
  for (const { long } of certifyCommand().options) if (!read.includes(long!)) expect(page).toContain(long)
})

test('every reason to refuse', () => {
  for (const code of ['too_few', 'no_threshold', 'shifted']) expect(page).toContain(`\`${code}\``)
})
