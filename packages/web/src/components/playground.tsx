/** The form: a task, a text, a place, and the button that runs or stops it. Ctrl or Cmd with Enter runs, Escape stops. */
import type { Where } from '../call.ts'
import { type TaskName, taskNamed } from '../tasks.ts'
import { PlaceSwitch } from './place-switch.tsx'
import { TabState } from './tab-state.tsx'
import { TaskTabs } from './task-tabs.tsx'

interface Props {
  readonly task: TaskName
  readonly text: string
  readonly where: Where
  readonly running: boolean
  readonly onTask: (task: TaskName) => void
  readonly onText: (text: string) => void
  readonly onWhere: (where: Where) => void
  readonly onRun: () => void
  readonly onStop: () => void
}

const runKeys = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘ ↵' : 'Ctrl ↵'

export function Playground(props: Props) {
  const { task, text, where, running } = props
  const ready = text.trim() !== '' && !running
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) {
      event.preventDefault()
      props.onRun()
    }
    if (event.key === 'Escape' && running) props.onStop()
  }
  return (
    <form
      class="card playground"
      aria-label="Try a task"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) props.onRun()
      }}
    >
      <TaskTabs task={task} onTask={props.onTask} />
      <div id="task" role="tabpanel" aria-labelledby={`tab-${task}`}>
        <p class="does" id="does">
          {taskNamed(task).does}
        </p>
        <textarea
          rows={3}
          value={text}
          aria-label="Text"
          aria-describedby="does"
          onInput={(event) => props.onText(event.currentTarget.value)}
        />
        <div class="controls">
          <PlaceSwitch where={where} onWhere={props.onWhere} />
          <RunButton running={running} ready={ready} onStop={props.onStop} />
        </div>
        {where === 'tab' && <TabState />}
      </div>
    </form>
  )
}

interface RunButtonProps {
  readonly running: boolean
  readonly ready: boolean
  readonly onStop: () => void
}

/** Run and Stop are one place on the page: the second click of a double click must not undo the first. */
function RunButton({ running, ready, onStop }: RunButtonProps) {
  const onClick = (event: MouseEvent): void => {
    if (event.detail > 1) event.preventDefault()
    else if (running) onStop()
  }
  return running ? (
    <button type="button" class="run stop" onClick={onClick}>
      Stop <kbd>Esc</kbd>
    </button>
  ) : (
    <button type="submit" class="run" disabled={!ready} onClick={onClick}>
      Run <kbd>{runKeys}</kbd>
    </button>
  )
}
