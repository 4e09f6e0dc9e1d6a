/** A line of the receipt: its name left, its figure right. */
export function Line({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div class="line">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
