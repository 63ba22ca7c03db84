/** What a UTF-16 unit is to a byte-pair tokenizer. */
export const CharacterKind = {
  other: 0,
  lower: 1,
  upper: 2,
  accented: 3,
  digit: 4,
  space: 5,
  newline: 6,
  punctuation: 7,
  /** Letters without spaces between words, or of scripts whose words tokenizers cut up. */
  script: 8,
  symbol: 9,
} as const

export type CharacterKind = (typeof CharacterKind)[keyof typeof CharacterKind]

interface CharacterRange {
  readonly from: number
  readonly to: number
  readonly kind: CharacterKind
  /** Tokens per character, of scripts and symbols. */
  readonly weight?: number
}

const { accented, digit, lower, newline, other, punctuation, script, space, symbol, upper } = CharacterKind

/** Later rows win. Weights were measured with the o200k vocabulary on running text. */
const ranges: readonly CharacterRange[] = [
  { from: 0x00_00, to: 0xff_ff, kind: other },
  { from: 0x00_21, to: 0x00_7e, kind: punctuation },
  { from: 0x00_30, to: 0x00_39, kind: digit },
  { from: 0x00_41, to: 0x00_5a, kind: upper },
  { from: 0x00_61, to: 0x00_7a, kind: lower },
  { from: 0x00_09, to: 0x00_0c, kind: space },
  { from: 0x00_0a, to: 0x00_0a, kind: newline },
  { from: 0x00_0d, to: 0x00_0d, kind: newline },
  { from: 0x00_20, to: 0x00_20, kind: space },
  { from: 0x00_a0, to: 0x00_a0, kind: space },
  { from: 0x00_a1, to: 0x00_bf, kind: symbol, weight: 1 },
  { from: 0x00_c0, to: 0x02_af, kind: accented },
  { from: 0x03_00, to: 0x03_6f, kind: script, weight: 1 },
  { from: 0x03_70, to: 0x03_ff, kind: script, weight: 0.36 },
  { from: 0x04_00, to: 0x05_2f, kind: script, weight: 0.22 },
  { from: 0x05_30, to: 0x05_8f, kind: script, weight: 0.5 },
  { from: 0x05_90, to: 0x06_ff, kind: script, weight: 0.3 },
  { from: 0x07_00, to: 0x08_ff, kind: script, weight: 0.8 },
  { from: 0x09_00, to: 0x0d_ff, kind: script, weight: 0.4 },
  { from: 0x0e_00, to: 0x0e_ff, kind: script, weight: 0.55 },
  { from: 0x0f_00, to: 0x1d_ff, kind: script, weight: 0.9 },
  { from: 0x1e_00, to: 0x1e_ff, kind: accented },
  { from: 0x20_00, to: 0x20_6f, kind: symbol, weight: 1 },
  { from: 0x20_70, to: 0x24_ff, kind: symbol, weight: 1.3 },
  { from: 0x25_00, to: 0x25_7f, kind: symbol, weight: 0.8 },
  { from: 0x25_80, to: 0x2b_ff, kind: symbol, weight: 1.5 },
  { from: 0x28_00, to: 0x28_ff, kind: symbol, weight: 3 },
  { from: 0x2c_00, to: 0x2f_ff, kind: symbol, weight: 2.5 },
  { from: 0x30_00, to: 0x30_3f, kind: symbol, weight: 1 },
  { from: 0x30_40, to: 0x30_9f, kind: script, weight: 0.64 },
  { from: 0x30_a0, to: 0x31_ff, kind: script, weight: 0.68 },
  { from: 0x32_00, to: 0x4d_bf, kind: script, weight: 2 },
  { from: 0x4e_00, to: 0x9f_ff, kind: script, weight: 0.82 },
  { from: 0xa0_00, to: 0xab_ff, kind: script, weight: 1.5 },
  { from: 0xac_00, to: 0xd7_af, kind: script, weight: 0.6 },
  { from: 0xd8_00, to: 0xdf_ff, kind: symbol, weight: 1.5 },
  { from: 0xd8_3c, to: 0xd8_3e, kind: symbol, weight: 1 },
  { from: 0xdc_00, to: 0xdf_ff, kind: symbol, weight: 0.8 },
  { from: 0xe0_00, to: 0xf8_ff, kind: symbol, weight: 3 },
  { from: 0xfe_00, to: 0xfe_0f, kind: symbol, weight: 0.5 },
  { from: 0xff_00, to: 0xff_0f, kind: symbol, weight: 1 },
  { from: 0xff_10, to: 0xff_ef, kind: script, weight: 1 },
]

export interface CharacterTable {
  /** By UTF-16 unit. */
  readonly kinds: Uint8Array
  readonly weights: Float32Array
  /** Room for the kinds of one text, used by one scan after the other. */
  readonly scratch: Uint8Array
}

const scratchUnits = 32_768

/** 350 KB; made once, when the first text is counted. */
export function createCharacterTable(): CharacterTable {
  const kinds = new Uint8Array(0x1_00_00)
  const weights = new Float32Array(0x1_00_00)
  for (const range of ranges) {
    kinds.fill(range.kind, range.from, range.to + 1)
    weights.fill(range.weight ?? 0, range.from, range.to + 1)
  }
  return { kinds, weights, scratch: new Uint8Array(scratchUnits) }
}
