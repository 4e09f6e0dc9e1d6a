/** How the weights of a GGUF file are stored, as people name it: what a certificate is bound to beside the model's name. */
import { fileTypes, type Metadata, type Tensor } from '@edgewise/engine'

/** What a file says of itself (`general.file_type`, enum llama_ftype of llama.h), and what its tensors are. */
export interface StoredWeights {
  readonly metadata: Metadata
  /** Only looked at where the file does not say. */
  readonly tensors?: ReadonlyMap<string, Pick<Tensor, 'type' | 'size'>>
}

const labels: ReadonlyMap<number, string> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [32, 'BF16'],
  ...Object.values(fileTypes).map(({ id, label }): [number, string] => [id, label]),
])

/** `Q4_K_M`; of a file that does not say, the type that most of its bytes are; undefined where nobody knows. */
export function quantisationOf({ metadata, tensors = new Map() }: StoredWeights): string | undefined {
  // Of another kind it says nothing: nobody need refuse the file for it.
  const said = labels.get(Number(metadata.get('general.file_type')?.value ?? -1))
  if (said !== undefined) return said
  const bytes = new Map<string, number>()
  for (const { type, size } of tensors.values()) bytes.set(type, (bytes.get(type) ?? 0) + size)
  const [most] = [...bytes].sort(([, a], [, b]) => b - a)
  return most?.[0].toUpperCase()
}
