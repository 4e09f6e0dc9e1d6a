/**
 * Students that are too large to train here: what goes out to a trainer in Python (`exportTraining`) and what comes back
 * (`importStudent`). Nothing is sent anywhere: a folder is written, a person carries it to a machine with a GPU, runs `run.sh` there,
 * and brings back what its README names.
 */
import type { FileType } from '@edgewise/engine'
import type { Example } from '../data/example.ts'

/** TRL's SFT, mlx_lm.lora (Apple silicon), Unsloth, or DistillKit, which needs a teacher of the same vocabulary beside the student. */
export type Trainer = 'trl' | 'mlx' | 'unsloth' | 'distillkit'

export interface ExportOptions {
  readonly trainer: Trainer
  /** The folder to write; made, or empty. */
  readonly folder: string
  readonly train: readonly Example[]
  /** What the trainer measures its loss on; no example of `train`. At least one. */
  readonly valid: readonly Example[]
  /** The system message of every example; none where it is empty. */
  readonly system: string
  /** The model to train, as the trainer takes it: a hub's name ("Qwen/Qwen3-0.6B"), or a folder on the machine it will run on. */
  readonly base: string
  /** DistillKit alone, and then required: the teacher whose probabilities are learned, named as `base`. */
  readonly teacher?: string
  /** 3 unless told. */
  readonly epochs?: number
  /** Rank of the low-rank adapters, which are merged before they come back; 16 unless told. DistillKit trains all weights instead. */
  readonly rank?: number
  /** Top of the learning rate; 2e-4 for adapters and 1e-5 for all weights unless told. */
  readonly rate?: number
  /** 0 unless told. */
  readonly seed?: number
}

export interface Exported {
  readonly folder: string
  /** Names within the folder. */
  readonly files: readonly string[]
  /** Examples written. */
  readonly train: number
  readonly valid: number
  /** What to type on the machine that trains, in the folder. */
  readonly run: string
  /** What to bring back: a name within the folder, for `importStudent`'s `from`. */
  readonly bringBack: string
}

export interface ImportOptions {
  /** What came back: a GGUF file (a model or an adapter), a folder with config.json and safetensors, or a PEFT folder (adapter_config.json). */
  readonly from: string
  /**
   * A GGUF file of the model that was trained; any type of weights will do for a folder of safetensors, of which it lends names,
   * shapes and tokenizer, but of an adapter its weights are taken. Not needed for a GGUF file of a model.
   */
  readonly base?: string
  /** The GGUF file to write; one that is there is replaced once the new one is whole and checked. */
  readonly out: string
  /** What to quantise to ("q8_0", "q4_k_m"); as it comes unless told. */
  readonly type?: FileType
  readonly signal?: AbortSignal
}

export interface Imported {
  readonly path: string
  readonly bytes: number
  readonly from: 'gguf' | 'safetensors' | 'adapter'
  readonly architecture: string
  readonly parameters: number
  /** Hexadecimal, of the file written. */
  readonly sha256: string
}

/**
 * Throws StudentError `examples_invalid` (no example, an empty text or answer, one of `valid` in `train`; issues name the rows),
 * RangeError for an option out of its range or a folder that is not empty.
 */
export type ExportTraining = (options: ExportOptions) => Promise<Exported>
