/** A text with stretches of it marked, each with its name behind it. */
import { cutAt, type Stretch } from '../answer-data.ts'

export function MarkedText({ source, stretches }: { source: string; stretches: readonly Stretch[] }) {
  return (
    <span class="plain marked">
      {cutAt(source, stretches).map(({ at, text, note }) =>
        note === null ? (
          text
        ) : (
          <mark key={at}>
            {text}
            <small>{note.replaceAll('_', ' ')}</small>
          </mark>
        ),
      )}
    </span>
  )
}
