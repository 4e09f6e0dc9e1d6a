/**
 * The state of the playground's calls: the last one of each task, one running at a time, and the receipts made in
 * this tab (the gateway keeps its own). Nothing is stored: a reload forgets the texts and the answers.
 */
import type { Receipt } from '@edgewise/evidence'
import { useRef, useState } from 'preact/hooks'
import type { Outcome, Runner, Where } from './call.ts'
import { callGateway } from './gateway/client.ts'
import { thisTab } from './in-tab/this-tab.ts'
import type { TaskName } from './tasks.ts'

export interface Call extends Outcome {
  readonly running: boolean
  /** The text the call was made with: spans and edits are offsets into it, whatever the editor holds by now. */
  readonly source: string
}

export interface Calls {
  readonly of: (task: TaskName) => Call | undefined
  readonly running: boolean
  readonly tabReceipts: readonly Receipt[]
  readonly run: (task: TaskName, source: string, where: Where) => Promise<void>
  readonly stop: () => void
}

const runners: Record<Where, Runner> = { gateway: callGateway, tab: thisTab.run }

export function useCalls(): Calls {
  const [calls, setCalls] = useState<Partial<Record<TaskName, Call>>>({})
  const [tabReceipts, setTabReceipts] = useState<readonly Receipt[]>([])
  const current = useRef<AbortController | null>(null)

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
    if (where === 'tab' && receipt) setTabReceipts((all) => [receipt, ...all])
  }

  return {
    of: (task) => calls[task],
    running: Object.values(calls).some((call) => call?.running),
    tabReceipts,
    run,
    stop: () => current.current?.abort(),
  }
}
