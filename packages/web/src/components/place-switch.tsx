/** Where the call runs: through the gateway, or in this tab. */
import type { Where } from '../call.ts'

interface Props {
  readonly where: Where
  readonly onWhere: (where: Where) => void
}

const choices: readonly { readonly value: Where; readonly label: string }[] = [
  { value: 'gateway', label: 'through the gateway' },
  { value: 'tab', label: 'in this tab' },
]

export function PlaceSwitch({ where, onWhere }: Props) {
  return (
    <fieldset class="switch">
      <legend>Where</legend>
      {choices.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name="where"
            value={value}
            checked={where === value}
            onChange={() => onWhere(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}
