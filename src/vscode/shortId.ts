import * as z from 'zod/mini'

/** The id of an entry in a setting. */
export const shortId = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens, up to 63'))
