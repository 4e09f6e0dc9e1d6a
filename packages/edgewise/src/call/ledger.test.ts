/** The router and its ledger: a faulty one fails no call, and no text of the caller gets into it. */
import { type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { scripted } from '../testing/models.ts'
import { call, setup } from '../testing/router-setup.ts'

describe('the ledger', () => {
  const ledgers: [string, Ledger['put']][] = [
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
    ['never answers', () => new Promise(() => {})],
  ]
  test.each(ledgers)('that %s does not fail the call', async (_, put) => {
    const ledger: Ledger = { ...memoryLedger(), put }
    const { model } = setup({ rule: { place: 'prefer-device' }, options: { ledger } })
    const { content, providerMetadata } = await model.doGenerate(call())
    expect(content).toHaveLength(1)
    expect(providerMetadata!.edgewise!.recorded).toBe(false)
    await expect(
      model.doGenerate(call({ providerOptions: { edgewise: { task: 'x' } } })),
    ).rejects.toMatchObject({ code: 'unknown_task' })
  })

  test('has the receipt before the finish part is read', async () => {
    const ledger = memoryLedger()
    const { model } = setup({ rule: { place: 'prefer-device' }, options: { ledger, now: () => 0 } })
    const result = await model.doGenerate(call())
    const receipt = ledger.get(result.response!.id!) as Receipt
    expect(receipt.at).toBe('1970-01-01T00:00:00.000Z')
    expect(result.providerMetadata!.edgewise).toEqual({ ...receipt, recorded: true })
  })

  test('never holds the prompt or the answer', async () => {
    const cloud = scripted({ steps: [{ type: 'error', error: new Error('echo: the secret prompt') }] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    await model.doGenerate(call())
    expect(JSON.stringify(receipts)).not.toContain('secret')
    expect(JSON.stringify(receipts)).not.toContain('from device')
  })
})
