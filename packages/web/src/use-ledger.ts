/**
 * The gateway's last receipts, and whether the gateway answers at all. Refreshed on demand; while the gateway is
 * away it is asked again every few seconds, so the page heals by itself.
 */
import type { Receipt } from '@edgewise/evidence'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { getReceipts } from './gateway/client.ts'

export type GatewayState = 'asking' | 'here' | 'away'

interface LedgerView {
  readonly state: GatewayState
  readonly receipts: readonly Receipt[]
  readonly refresh: () => Promise<void>
}

export const shownCalls = 20
const askAgainMs = 4000

export function useLedger(): LedgerView {
  const [state, setState] = useState<GatewayState>('asking')
  const [receipts, setReceipts] = useState<readonly Receipt[]>([])

  const refresh = useCallback(async (): Promise<void> => {
    const list = await getReceipts(shownCalls)
    setState(list ? 'here' : 'away')
    if (list) setReceipts(list)
  }, [])

  useEffect(() => void refresh(), [refresh])
  useEffect(() => {
    if (state !== 'away') return
    const timer = setInterval(refresh, askAgainMs)
    return () => clearInterval(timer)
  }, [state, refresh])

  return { state, receipts, refresh }
}
