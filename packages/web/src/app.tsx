/** The page: which task, which text, where it runs; the parts below show it and report back. */
import type { Receipt } from '@edgewise/evidence'
import { useState } from 'preact/hooks'
import type { Where } from './call.ts'
import { Answer } from './components/answer.tsx'
import { CallsTable } from './components/calls-table.tsx'
import { CurlLine } from './components/curl-line.tsx'
import { Header } from './components/header.tsx'
import { Playground } from './components/playground.tsx'
import { ReceiptCard } from './components/receipt-card.tsx'
import { thisTab } from './in-tab/this-tab.ts'
import { newestFirst } from './ledger-view.ts'
import { type TaskName, tasks } from './tasks.ts'
import { useCalls } from './use-calls.ts'
import { shownCalls, useLedger } from './use-ledger.ts'

const examples = Object.fromEntries(tasks.map((t) => [t.name, t.example])) as Record<TaskName, string>

export function App() {
  const [task, setTask] = useState<TaskName>('intent')
  const [texts, setTexts] = useState(examples)
  const [where, setWhere] = useState<Where>('gateway')
  const [picked, setPicked] = useState<Receipt | null>(null)
  const calls = useCalls()
  const ledger = useLedger()
  const call = calls.of(task)
  const text = texts[task]
  const inTab = (receipt: Receipt): boolean => calls.tabReceipts.includes(receipt)

  const run = async (): Promise<void> => {
    setPicked(null)
    await calls.run(task, text, where)
    await ledger.refresh()
  }
  const goTo = (next: Where): void => {
    setWhere(next)
    // Loading begins with the choice, so that the first run does not wait for the model.
    if (next === 'tab') thisTab.start()
  }

  return (
    <>
      <Header state={ledger.state} />
      <main>
        <section class="intro">
          <h1>Run every LLM call where it pays.</h1>
          <p>
            Small tasks run on this device, the rest go to the cloud, and every call comes back with a
            receipt: where it ran, why, how fast, what it cost and what left the device.
          </p>
        </section>
        <div class="desk">
          <div class="work">
            <Playground
              task={task}
              text={text}
              where={where}
              running={calls.running}
              onTask={(next) => {
                setTask(next)
                setPicked(null)
              }}
              onText={(next) => setTexts({ ...texts, [task]: next })}
              onWhere={goTo}
              onRun={run}
              onStop={calls.stop}
            />
            <Answer task={task} call={call} />
            <CurlLine task={task} text={text} />
          </div>
          <ReceiptCard
            receipt={picked ?? call?.receipt ?? null}
            inTab={inTab}
            running={call?.running ?? false}
          />
        </div>
        <CallsTable
          receipts={newestFirst(ledger.receipts, calls.tabReceipts, shownCalls)}
          inTab={inTab}
          picked={picked}
          onPick={setPicked}
          notKept={calls.notKept}
        />
      </main>
    </>
  )
}
