/** Certificates beside a policy: read, checked, in force on the embedded model, shown by the gateway; and audits of its calls. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, certify, type TraceItem } from '@edgewise/evidence'
import { startRehearsal } from '@edgewise/rehearsal'
import { type Policy, policyFileNames } from 'edgewise'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { ask } from './ask.ts'
import { CertificatesFileError, certificatesFileName, readCertificates } from './certificates-file.ts'
import { openGateway } from './serve.ts'
import { openSystem } from './system.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-certificates-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = 'what is my bank balance'

/** Of the embedded model as it runs here: 400 items, all right. */
async function certified(setup: {
  quantisation: string | null
  template: string | null
}): Promise<Certificate> {
  const outcome = { score: 1, inputTokens: 9, outputTokens: 2, costUsd: 0.001, latencyMs: null }
  const items = Array.from(
    { length: 400 },
    (_, index): TraceItem => ({
      id: String(index),
      task: 'intent',
      at: null,
      prompt: null,
      promptDigest: null,
      models: {
        'edgewise-mini': { ...outcome, signals: { meanLogprob: -0.001 * (index + 1) }, ...setup },
        'cloud-rehearsal': { ...outcome, signals: {}, quantisation: null, template: null },
      },
    }),
  )
  const result = await certify(items, {
    task: 'intent',
    pair: { device: 'edgewise-mini', cloud: 'cloud-rehearsal' },
    signal: 'meanLogprob',
    claim: { kind: 'harm', alpha: 0.05 },
  })
  if (result.kind === 'refused') throw new Error(result.why)
  return result.certificate
}

test('in force where what runs is what it was proven on, and shown by the gateway', async () => {
  await using cloud = await startRehearsal({ script: { version: 1, rules: [{ answer: 'balance' }] } })
  const settings = { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true } as const
  const bar = (certificate: string): Policy => ({
    version: 1,
    cloud: settings,
    tasks: {
      intent: {
        place: 'prefer-device',
        escalate: [{ signal: 'meanLogprob', certificate }],
        audit: { share: 1 },
      },
    },
    default: { place: 'device-only' },
  })
  const plain: Policy = { ...bar(''), tasks: { intent: { place: 'prefer-device' } } }
  using first = await openSystem({ policy: plain })
  const { setup } = (await ask(first.model, 'intent', text)).receipt
  expect(setup).toEqual({
    quantisation: expect.stringMatching(/^Q\d/),
    template: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  const certificate = await certified(setup!)
  const policyFile = join(folder, policyFileNames[0]!)
  writeFileSync(policyFile, JSON.stringify(bar(certificate.id)))

  // Without its file the bar names nothing.
  await expect(openSystem({ policy: policyFile })).rejects.toMatchObject({ code: 'certificate_refused' })
  writeFileSync(join(folder, certificatesFileName), JSON.stringify([certificate]))
  using system = await openSystem({ policy: policyFile })
  const { receipt } = await ask(system.model, 'intent', text)
  expect(receipt).toMatchObject({ place: 'device', certificate: certificate.id })
  await system.edgewise.audits.idle()
  expect(await system.ledger.judgements(receipt.id)).toMatchObject([{ by: 'shadow', device: 1 }])
  const serving = await openGateway(system, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => serving.close(0))
  const health = await (await fetch(`${serving.url}/healthz`)).json()
  expect(health).toMatchObject({
    certificates: [{ id: certificate.id, task: 'intent', inForce: true, seen: 1, audited: 1 }],
  })
  const metrics = await (await fetch(`${serving.url}/metrics`)).text()
  expect(metrics).toContain(
    `edgewise_certificate_in_force{certificate="${certificate.id}",task="intent"} 1\n`,
  )
})

test('a file that is none, or was altered, is named', async () => {
  const certificate = await certified({ quantisation: null, template: null })
  const file = join(folder, certificatesFileName)
  const problemOf = async (content: string): Promise<string> => {
    writeFileSync(file, content)
    const error = await readCertificates(folder).then(
      () => null,
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(CertificatesFileError)
    expect(error).toMatchObject({ code: 'bad_certificates', file })
    expect(error.message).toMatch(new RegExp(`^${file.replace(/[\\.]/g, '\\$&')}: `))
    return error.message
  }
  expect(await problemOf('[')).toContain('this is not JSON')
  expect(await problemOf('{}')).toContain('this is no list of certificates')
  expect(await problemOf('[{}]')).toContain('0: this is no certificate')
  const altered = { ...certificate, claim: { kind: 'harm', alpha: 0.01 } }
  expect(await problemOf(JSON.stringify([certificate, altered]))).toContain(
    `1: certificate ${certificate.id} was altered`,
  )
  writeFileSync(file, JSON.stringify([certificate]))
  expect(await readCertificates(folder)).toEqual([certificate])
  expect(await readCertificates(join(folder, 'nowhere'))).toEqual([])
})
