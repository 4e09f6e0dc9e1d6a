/** The text with its corrections in place: what was there struck out, what stands there now behind it. */
import { cutAt, type Stretch } from '../answer-data.ts'

export function FixAnswer({ source, stretches }: { source: string; stretches: readonly Stretch[] }) {
  return (
    <div class="answer-body">
      <p class="plain">
        {cutAt(source, stretches).map(({ at, text, note }) =>
          note === null ? (
            text
          ) : (
            <span key={at}>
              <del>{text}</del> <ins>{note}</ins>
            </span>
          ),
        )}
      </p>
      <p class="answer-note">{said(stretches.length)}</p>
    </div>
  )
}

function said(corrections: number): string {
  if (corrections === 0) return 'Nothing to correct.'
  return corrections === 1 ? 'One correction.' : `${corrections} corrections.`
}
