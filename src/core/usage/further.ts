/** What is taken together with something else: all or nothing. */
export interface Further {
  /** Takes it out of what an earlier transaction has taken ahead; false if there is none. Needs no transaction. */
  takeAhead(): boolean
  /** Takes it by throwing nothing; within a transaction only. */
  take(): void
  /** Its transaction stands. */
  stands(): void
}
