// The licences of everything that the packed extension contains.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const rule = '-'.repeat(80)

/** llama.cpp comes as a binary, whose package states only the licence of its JavaScript. */
const llamaCpp = `llama.cpp and ggml (MIT)

MIT License

Copyright (c) 2023-2026 The ggml authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`

/**
 * Folders of the packages whose code is inside the bundles.
 * @param {readonly import('esbuild').Metafile[]} metafiles
 */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs))
  const folders = inputs.flatMap((path) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.slice(0, 1) ?? [])
  return [...new Set(folders)].toSorted()
}

/**
 * The text of ThirdPartyNotices.txt.
 * @param {readonly string[]} folders packages with their package.json
 */
export async function thirdPartyNotices(folders) {
  const notices = await Promise.all(folders.map(notice))
  const head = 'Roundhouse contains the following software.'
  return `${[head, ...[...new Set(notices)].toSorted(), llamaCpp].join(`\n\n${rule}\n\n`)}\n`
}

/** @param {string} folder */
async function notice(folder) {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const title = `${name} ${version} (${license ?? 'licence not stated'})`
  const files = existsSync(folder)
    ? (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file))
    : []
  const texts = await Promise.all(files.toSorted().map((file) => readFile(join(folder, file), 'utf8')))
  const holder = typeof author === 'string' ? author : author?.name
  const body =
    texts.length > 0
      ? texts.map((text) => text.trim().replaceAll('\r\n', '\n'))
      : [`Copyright ${holder ?? name}`]
  return [title, ...body].join('\n\n')
}
