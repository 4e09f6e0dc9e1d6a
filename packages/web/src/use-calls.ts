/**
 * The state of the playground's calls: the last one of each task, one running at a time, and the receipts made in
 * this tab, which the browser keeps (the gateway keeps its own). A reload forgets the texts and the answers.
 */
import type { Receipt } from '@edgewise/evidence'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Outcome, Runner, Where } from './call.ts'
import { callGateway } from './gateway/client.ts'
import { thisTab, thisTabsLedger } from './in-tab/this-tab.ts'
import type { TaskName } from './tasks.ts'
import { shownCalls } from './use-ledger.ts'

export interface Call extends Outcome {
  readonly running: boolean
  /** The text the call was made with: spans and edits are offsets into it, whatever the editor holds by now. */
  readonly source: string
}

export interface Calls {
  readonly of: (task: TaskName) => Call | undefined
  readonly running: boolean
  readonly tabReceipts: readonly Receipt[]
  /** Why they will be gone after a reload, or null. */
  readonly notKept: string | null
  readonly run: (task: TaskName, source: string, where: Where) => Promise<void>
  readonly stop: () => void
}

const runners: Record<Where, Runner> = { gateway: callGateway, tab: thisTab.run }

export function useCalls(): Calls {
  const [calls, setCalls] = useState<Partial<Record<TaskName, Call>>>({})
  const [tabReceipts, setTabReceipts] = useState<readonly Receipt[]>([])
  const [notKept, setNotKept] = useState<string | null>(null)
  const current = useRef<AbortController | null>(null)

  useEffect(() => {
    thisTabsLedger.recent(shownCalls).then((kept) => {
      // A call may have ended while they were read.
      setTabReceipts((all) => [...all, ...kept.filter(({ id }) => all.every((one) => one.id !== id))])
    })
  }, [])

  const run = async (task: TaskName, source: string, where: Where): Promise<void> => {
    current.current?.abort()
    const stopper = new AbortController()
    current.current = stopper
    let text = ''
    const show = (outcome: Outcome, running: boolean): void =>
      setCalls((all) => ({ ...all, [task]: { ...outcome, running, source } }))
    const soFar = (): Outcome => ({ text, data: undefined, receipt: null, problem: null })
    show(soFar(), true)
    const onText = (piece: string): void => {
      text += piece
      show(soFar(), true)
    }
    const outcome = await runners[where]({ task, text: source, onText, signal: stopper.signal })
    show(outcome, false)
    if (current.current === stopper) current.current = null
    const { receipt } = outcome
    if (where !== 'tab' || !receipt) return
    setTabReceipts((all) => [receipt, ...all])
    await thisTabsLedger.keep(receipt)
    setNotKept(thisTabsLedger.notKept())
  }

  return {
    of: (task) => calls[task],
    running: Object.values(calls).some((call) => call?.running),
    tabReceipts,
    notKept,
    run,
    stop: () => current.current?.abort(),
  }
}
