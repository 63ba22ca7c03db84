/** Small things remembered on this machine: VS Code's Memento. */
export interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}
