/** The JSON laid out for people, and where in the text its values came from. */
import type { Stretch } from '../answer-data.ts'
import { jsonPieces } from '../json-pieces.ts'
import { MarkedText } from './marked-text.tsx'

interface Props {
  readonly text: string
  readonly source: string
  readonly stretches: readonly Stretch[]
}

export function JsonAnswer({ text, source, stretches }: Props) {
  return (
    <div class="answer-body">
      <pre class="json">
        {jsonPieces(text).map(({ at, text: piece, kind }) => (
          <span key={at} class={kind}>
            {piece}
          </span>
        ))}
      </pre>
      {stretches.length > 0 && (
        <p class="answer-note">
          <MarkedText source={source} stretches={stretches} />
        </p>
      )}
    </div>
  )
}
