/** One wire of the product, and what stands in its place where it is cut. */
export interface Cut {
  /** The setting, the command or the wire. Tests that notice the cut have it in their titles. */
  readonly row: string
  /** The function, constant or member in which the wire lies, wherever its file is. */
  readonly symbol: string
  /**
   * Source text that stands there once; spaces, line breaks and the commas before a bracket do not count. The whole value
   * of the member where absent.
   */
  readonly wire?: string
  readonly to: string
}
