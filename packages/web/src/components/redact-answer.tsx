/** What was found in the text, and the text with that replaced. */
import type { Stretch } from '../answer-data.ts'
import { MarkedText } from './marked-text.tsx'

interface Props {
  readonly text: string
  readonly source: string
  readonly stretches: readonly Stretch[]
}

export function RedactAnswer({ text, source, stretches }: Props) {
  return (
    <div class="answer-body">
      <p class="private">
        <MarkedText source={source} stretches={stretches} />
      </p>
      {stretches.length === 0 ? (
        <p class="answer-note">Nothing was found. That is no proof that there is nothing.</p>
      ) : (
        <>
          <h3>With placeholders</h3>
          <p class="plain">{text}</p>
        </>
      )}
    </div>
  )
}
