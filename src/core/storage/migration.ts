/** One step of a database's schema. Once it has been released it never changes; the next step has the next number. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number
  readonly name: string
  /** Any number of statements; they run in one transaction with all other steps that are due. */
  readonly sql: string
}

/** The version that a database has once all steps have run: the number of the last one. */
export function schemaVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.number ?? 0
}
