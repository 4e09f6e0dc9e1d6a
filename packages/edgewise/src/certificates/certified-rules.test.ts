import type { Certificate } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { edgewise } from '../edgewise.ts'
import { CertificateRefusedError } from '../errors.ts'
import type { EdgewiseOptions } from '../host.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { certificateOf } from '../testing/certificates.ts'
import { deviceAnswer } from '../testing/models.ts'
import { cloudAnswer, policyOf } from '../testing/router-setup.ts'

const certified = (bar: object = {}): Rule => ({
  place: 'prefer-device',
  escalate: [{ signal: 'meanLogprob', certificate: 'cert-1', ...bar }],
})

function reasonsOf(
  policy: Policy,
  certificates: readonly Certificate[],
  options: Partial<EdgewiseOptions> = {},
): readonly string[] {
  try {
    edgewise({ policy, device: deviceAnswer(-0.1, 'x'), cloud: cloudAnswer(), certificates, ...options })
    return []
  } catch (error) {
    if (!(error instanceof CertificateRefusedError)) throw error
    expect(error.code).toBe('certificate_refused')
    expect(error.message).toBe(error.reasons.join('\n'))
    return error.reasons
  }
}

const combination = { kind: 'logistic', intercept: 0, features: [] } as const

describe('what does not fit its bar is refused when the host opens', () => {
  test.each<[string, object, Partial<Certificate> | null, string]>([
    ['not given', {}, null, 'the certificate "cert-1" was not given: hand it over'],
    ['another task', {}, { task: 'other' }, 'is for the task "other"'],
    [
      'another cloud',
      {},
      { cloud: { model: 'x' } },
      'was proven against the cloud model "x", and this one is "cloudy"',
    ],
    ['no bar', {}, { bar: null }, 'is for a task that stays on the device as a whole'],
    ['another signal', { signal: 'margin', threshold: 1 }, {}, 'is for the signal "meanLogprob"'],
    [
      'another threshold',
      { threshold: -0.4 },
      {},
      'is for the threshold -0.5, and the bar has -0.4: take the bar’s out',
    ],
    [
      'length',
      { signal: 'length' },
      { bar: { signal: 'length', threshold: 9, combination: null } },
      'of which less passes',
    ],
    [
      'a combination under a built-in name',
      {},
      { bar: { signal: 'meanLogprob', threshold: -0.5, combination } },
      'makes a signal of its own called "meanLogprob"',
    ],
  ])('%s', (_, bar, said, reason) => {
    const found = reasonsOf(policyOf(certified(bar)), said === null ? [] : [certificateOf(said)])
    expect(found).toEqual([expect.stringContaining(reason.replace('’', "'"))])
    expect(found[0]).toMatch(/^tasks\.job\.escalate\.0: the certificate "cert-1" /)
  })

  test('every reason is told, and the default rule is a task, too', () => {
    const other = certificateOf({ task: 'x', cloud: { model: 'y' } })
    expect(reasonsOf(policyOf(certified(), { default: certified() }), [other])).toHaveLength(4)
    expect(reasonsOf(policyOf(certified(), { default: certified() }), [other])[3]).toMatch(
      /^default\.escalate\.0: /,
    )
  })
})

test('what fits is taken: with the same threshold, with none, and where there is no cloud to compare', () => {
  expect(reasonsOf(policyOf(certified()), [certificateOf()])).toEqual([])
  expect(reasonsOf(policyOf(certified({ threshold: -0.5 })), [certificateOf()])).toEqual([])
  expect(reasonsOf(policyOf(certified()), [certificateOf()], { cloud: null })).toEqual([])
  // The policy's own cloud counts, though its key is missing.
  const { cloud: _, ...inCode } = { cloud: undefined }
  const policy = policyOf(certified())
  const keyed = { ...policy, cloud: { ...policy.cloud!, apiKeyEnv: 'NOT_SET' } }
  expect(() =>
    edgewise({ policy: keyed, device: null, certificates: [certificateOf()], env: {}, ...inCode }),
  ).toThrow(/this one is "configured"/)
})

test('a certificate that no bar names is refused for nothing', () => {
  expect(reasonsOf(policyOf({ place: 'device-only' }), [certificateOf({ task: 'gone' })])).toEqual([])
})

test('a cloud of the device’s name is the one that traces call so', () => {
  const policy = policyOf(certified())
  const cloud = { ...cloudAnswer(), modelId: 'tiny' }
  const certificate = certificateOf({ cloud: { model: 'tiny@cloud' } })
  expect(reasonsOf(policy, [certificate], { cloud })).toEqual([])
  const device = deviceAnswer(-0.1, 'x')
  const { certificates } = edgewise({ policy, device, cloud, certificates: [certificate] })
  expect(certificates).toMatchObject([{ inForce: true, why: '' }])
})
