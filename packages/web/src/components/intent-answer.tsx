/** The label, and how probable the five best were. */
import type { IntentData } from '../answer-data.ts'
import { formatShare } from '../format.ts'

const readable = (label: string): string =>
  label === 'oos' ? 'none of the intents' : label.replaceAll('_', ' ')

export function IntentAnswer({ intent: { label, probability, top } }: { intent: IntentData }) {
  return (
    <div class="answer-body">
      <p class="label">{readable(label)}</p>
      <ul class="bars" aria-label={`Probabilities; the best is ${formatShare(probability)}`}>
        {top.map((entry) => (
          <li key={entry.label}>
            <code>{entry.label}</code>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${entry.probability * 100}%` }} />
            </span>
            <span class="figure">{formatShare(entry.probability)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
