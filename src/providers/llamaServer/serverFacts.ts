/** Whom errors name. */
export const serverFacts = { id: 'llama-server', name: 'llama-server', location: 'local' } as const
