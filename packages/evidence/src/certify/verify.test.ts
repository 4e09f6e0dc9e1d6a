import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../statistics/random.ts'
import type { Certificate } from './certificate.ts'
import { certify } from './certify.ts'
import { mismatches } from './matches.ts'
import { PAIR, SHAPES, simulated } from './testing/simulated.ts'
import { verifyCertificate } from './verify.ts'

const certified = await certify(simulated(SHAPES[0]!, 100, seededRandom(1)), {
  pair: PAIR,
  signal: 'confidence',
  claim: { kind: 'harm', alpha: 0.1 },
})
if (certified.kind === 'refused') throw new Error(certified.why)
const { certificate } = certified

/** Every way to a value inside. */
function* paths(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<readonly (string | number)[]> {
  if (path.length > 0) yield path
  if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value))
      yield* paths((value as Record<string, unknown>)[key], [...path, key])
}

function changed(path: readonly (string | number)[], to: unknown): Certificate {
  const copy = structuredClone(certificate)
  let inner = copy as unknown as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) inner = inner[key] as typeof inner
  inner[path.at(-1)!] = to
  return copy
}

describe('a certificate that was read', () => {
  test('is itself', async () => {
    expect(await verifyCertificate(JSON.parse(JSON.stringify(certificate)))).toEqual(certificate)
  })

  test('altered anywhere it is refused, whatever stands there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths(certificate)), fc.jsonValue(), async (path, value) => {
        const copy = changed(path, value)
        fc.pre(JSON.stringify(copy) !== JSON.stringify(certificate))
        await expect(verifyCertificate(copy)).rejects.toMatchObject({
          code: expect.stringMatching(/^certificate_(malformed|altered)$/),
        })
      }),
      { numRuns: 500 },
    )
  })

  test('with a field more or less, or none at all', async () => {
    for (const value of [
      null,
      [],
      'text',
      1,
      {},
      { ...certificate, more: 1 },
      { ...certificate, claim: { kind: 'harm', alpha: 0.1, beta: 1 } },
      { ...certificate, claim: { kind: 'harm', alpha: 0.1, calls: 0 } },
      { ...certificate, reference: [...certificate.reference].reverse() },
      {
        ...certificate,
        reference: [
          [0.5, 1],
          [null, 2],
        ],
      },
      {
        ...certificate,
        reference: [
          [0.5, 1],
          [0.5, 2],
        ],
      },
    ])
      await expect(verifyCertificate(value)).rejects.toMatchObject({ code: 'certificate_malformed' })
    await expect(verifyCertificate(changed(['claim', 'alpha'], 0.01))).rejects.toMatchObject({
      code: 'certificate_altered',
    })
    await expect(verifyCertificate(changed(['delta'], 7))).rejects.toThrow('"delta"')
  })
})

describe('what runs', () => {
  test('fits, or every difference is named', () => {
    expect(mismatches(certificate, certificate)).toEqual([])
    const other = {
      task: 't',
      device: { model: 'm', quantisation: 'Q4_0', template: 'x' },
      cloud: { model: 'c' },
    }
    expect(mismatches(certificate, other)).toEqual([
      'the task is "t", the certificate is for "simulated"',
      'the device model is "m", the certificate is for "small"',
      'its quantisation is "Q4_0", the certificate is for not known',
      'the digest of its instructions and chat template is "x", the certificate is for not known',
      'the cloud model is "c", the certificate is for "large"',
    ])
  })
})
