/** The tasks as tabs: arrow keys, Home and End move between them, as the ARIA pattern for tabs asks. */
import { useRef } from 'preact/hooks'
import { type TaskName, tasks } from '../tasks.ts'

interface Props {
  readonly task: TaskName
  readonly onTask: (task: TaskName) => void
}

export function TaskTabs({ task, onTask }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = target(
      event.key,
      tasks.findIndex((t) => t.name === task),
    )
    if (next === null) return
    event.preventDefault()
    onTask(tasks[next]!.name)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label="Task" tabIndex={-1} ref={list} onKeyDown={onKeyDown}>
      {tasks.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-controls="task"
          aria-selected={name === task}
          tabIndex={name === task ? 0 : -1}
          onClick={() => onTask(name)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

function target(key: string, at: number): number | null {
  if (key === 'ArrowRight') return (at + 1) % tasks.length
  if (key === 'ArrowLeft') return (at + tasks.length - 1) % tasks.length
  if (key === 'Home') return 0
  if (key === 'End') return tasks.length - 1
  return null
}
