/** Stands for the folder of the model files that come with the extension. */
export const builtinPrefix = '${builtin}/'

/** Whether a file, as settings name it, came with the extension. */
export function isBuiltinFile(file: string): boolean {
  return file.startsWith(builtinPrefix)
}
