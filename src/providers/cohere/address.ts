/** Which of Cohere's APIs has an endpoint: only chats take the one that copies OpenAI's. */
const places: Readonly<Record<string, string>> = {
  'chat/completions': 'compatibility/v1/chat/completions',
  // The largest page that there is: more models than it has ever had.
  models: 'v1/models?page_size=1000',
  embed: 'v2/embed',
  rerank: 'v2/rerank',
}

/** The address of an endpoint. A base URL may be the server's, or that of any of its APIs, as they are documented. */
export function addressOf(path: string, baseUrl: string): string {
  const root = baseUrl.replace(/\/+$/, '').replace(/\/(compatibility\/v1|v1|v2)$/, '')
  return `${root}/${places[path] ?? path}`
}
