import * as z from 'zod/mini'
import { isTimeZone } from '../core/usage/windows.js'

/** `local`, `UTC`, or a name that this machine knows, such as `Europe/Berlin`. */
export const timeZoneSchema = () =>
  z
    .string()
    .check(
      z.refine(
        isTimeZone,
        'is no time zone that is known here: write local, UTC, or a name such as Europe/Berlin',
      ),
    )
