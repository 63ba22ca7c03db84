export const apiVersions = ['2026-10-21', '2023-06-01'] as const
export type ApiVersion = (typeof apiVersions)[number]

export const cacheDurations = ['5m', '1h', 'off'] as const
