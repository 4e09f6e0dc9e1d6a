/**
 * Facts: what the advisor knows of devices, models, runtimes and prices. Every row says where it is from and when it was true, so that
 * each number of a verdict can be followed to its source. A value nobody knows is null. Sizes are bytes, bandwidths GB/s (1e9 bytes),
 * money US dollars, dates `2026-08-05`.
 */

/** Where a row is from. */
export interface Source {
  /** Of a page, a file at a commit, a data sheet; or the user's own words. */
  readonly source: string
  /** When it was true, or read. */
  readonly asOf: string
  /**
   * measured: somebody ran it. published: a maker's or third party's figure that was read. computed: recomputed here from parts (bus width x
   * rate, shapes). claimed: from memory or a rule of thumb, not checked.
   */
  readonly basis: 'measured' | 'published' | 'computed' | 'claimed'
  /** Of a row that took the place of another with its id: where that one was from, when, and its basis. */
  readonly replaces?: string
}

export type DeviceClass =
  | 'phone'
  | 'phone-mid'
  | 'laptop'
  | 'desktop'
  | 'desktop-gpu'
  | 'datacenter-gpu'
  | 'sbc'
  | 'handheld'

export interface Device extends Source {
  readonly id: string
  readonly name: string
  readonly chip: string
  readonly class: DeviceClass
  /** Of the memory that weights are read from, by its maker's figures. */
  readonly bandwidthGBs: number
  /** What the bandwidth was computed from, where it was: width of the bus in bits, transfers per second in millions. */
  readonly bus: { readonly bits: number; readonly mtps: number } | null
  readonly memoryBytes: number
  /** What an app may use of it. */
  readonly usableBytes: number
  /** Why so much: a clause. */
  readonly usableWhy: string
}

export interface ModelShape extends Source {
  readonly id: string
  readonly name: string
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly ffn: number
  readonly vocab: number
  /** Whether the embedding is the head as well, so that all of it is read for every token. */
  readonly tied: boolean
  readonly context: number
  /** Tokens a windowed layer sees, and how many layers are windowed; null without windows. */
  readonly window: { readonly tokens: number; readonly layers: number } | null
  readonly parameters: number
  /**
   * Read for every token, without the embedding and the head (vocab x hidden each, one where they are tied). What is only in `parameters`,
   * embeddings a layer and other senses, lies in the file and is not read.
   */
  readonly bodyParameters: number
  /** Published scores, 0 to 100, by benchmark: `mmlu`, `ifeval`, `gsm8k`. Each says little of anybody's task. */
  readonly scores: { readonly [benchmark: string]: number }
}

/** How weights are stored: bits a weight of the body and of the embedding and head, scales included. See `storedBits`. */
export interface Quantisation extends Source {
  readonly id: string
  readonly bodyBits: number
  readonly headBits: number
  /** In models whose rows (`hidden`) are no multiple of 256 and so do not fit its blocks; null where there is no difference. */
  readonly narrow: { readonly bodyBits: number; readonly headBits: number } | null
}

export interface CloudPrice extends Source {
  readonly vendor: string
  readonly id: string
  readonly name: string
  readonly inputPerMTok: number
  readonly cachedInputPerMTok: number | null
  readonly outputPerMTok: number
}

export type Backend = 'cpu' | 'gpu' | 'npu'

/** One published or own measurement, as the predictor is fitted to and calibrated by. */
export interface Measurement extends Source {
  readonly id: string
  readonly device: string
  readonly runtime: string
  readonly backend: Backend
  /** Of `ModelShape`, or null where its shape is not known. */
  readonly model: string | null
  readonly quantisation: string
  readonly fileBytes: number
  readonly promptTokens: number | null
  readonly outputTokens: number | null
  readonly prefillTps: number | null
  readonly decodeTps: number | null
  readonly firstTokenMs: number | null
  readonly peakBytes: number | null
}

/** All that is known, in one version. */
export interface Facts {
  /** `2026-11-26`; a verdict says which it was made with. */
  readonly version: string
  readonly devices: readonly Device[]
  readonly models: readonly ModelShape[]
  readonly quantisations: readonly Quantisation[]
  readonly prices: readonly CloudPrice[]
  /** The user's own measurements, which calibrate predictions for their devices; the published ones are in the fit. */
  readonly own: readonly Measurement[]
}
