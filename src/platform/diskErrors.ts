/** Next steps, by the operating system's error code. */
const nextSteps: Readonly<Record<string, string>> = {
  EACCES: 'Permission was denied. Make the folder readable and writable for your account.',
  EPERM: 'Permission was denied. Make the folder readable and writable for your account.',
  EROFS: 'The file system is read-only. Move VS Code’s user data to a writable disk.',
  ENOSPC: 'The disk is full. Free some space.',
  EDQUOT: 'Your disk quota is used up. Free some space.',
  EMFILE: 'Too many files are open. Close some programs and try again.',
}

/** The operating system's own code, e.g. `ENOENT`; undefined for what comes from elsewhere. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}

/** What the user can do about it, in a sentence or two. */
export function describeDiskError(error: unknown): string {
  const code = systemCodeOf(error) ?? 'unknown error'
  return nextSteps[code] ?? `The operating system says ${code}.`
}
