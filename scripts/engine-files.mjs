// Which files of node-llama-cpp and its dependencies the packed extension needs.
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { nodeFileTrace } from '@vercel/nft'
import { engineModules, platformFolder, platformPackage } from './engine.mjs'

const entry = 'node-llama-cpp/dist/index.js'

/**
 * Packages that only compile, clone or download llama.cpp, or draw progress bars meanwhile: none of that ever happens in
 * the extension. node-llama-cpp imports these names of them, so each is replaced by a module that has the names.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const unused = {
  'cross-spawn': ['default'],
  ipull: ['downloadFile', 'downloadSequence', 'DownloadStatus'],
  ora: ['default'],
  'simple-git': ['simpleGit'],
  'stdout-update': ['default'],
}

/** Read at run time, beside what is imported. */
const readAtRunTime = [
  'node-llama-cpp/package.json',
  'node-llama-cpp/llama/package.json',
  'node-llama-cpp/llama/binariesGithubRelease.json',
  'node-llama-cpp/llama/llama.cpp.info.json',
]

/**
 * Copies the engine for one target into a `node_modules` folder.
 * @param {string} target
 * @param {string} folder
 * @returns {Promise<string[]>} the folders of the packages that were copied, for their licences
 */
export async function stageEngine(target, folder) {
  const files = await tracedFiles()
  for (const file of files) await cp(join(engineModules, file), join(folder, file))
  for (const [name, exported] of Object.entries(unused)) await writeStub(join(folder, name), name, exported)
  const platform = await platformFolder(target)
  for (const part of ['package.json', 'dist', 'bins']) {
    await cp(join(platform, part), join(folder, platformPackage(target).package, part), { recursive: true })
  }
  const names = new Set(files.map(packageName))
  return [...[...names].toSorted().map((name) => join(engineModules, name)), platform]
}

/** Paths within node_modules, sorted. */
async function tracedFiles() {
  const base = dirname(engineModules)
  const ignored = [...Object.keys(unused), '@node-llama-cpp'].map((name) => `node_modules/${name}/`)
  const { fileList } = await nodeFileTrace([join(engineModules, entry)], {
    base,
    ignore: (path) =>
      path.startsWith('..') || ignored.some((name) => path.replaceAll(sep, '/').includes(name)),
  })
  const traced = [...fileList]
    .map((path) => relative('node_modules', path).replaceAll(sep, '/'))
    .filter((path) => /\.[cm]?js$|\/package\.json$/.test(path))
    .filter((path) => !/^node-llama-cpp\/(bins|llama|templates)\//.test(path))
  return [...new Set([...traced, ...readAtRunTime])].toSorted()
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {readonly string[]} exported
 */
async function writeStub(folder, name, exported) {
  const names = exported.map((item) => `missing as ${item}`).join(', ')
  const text = `function missing() { throw new Error('${name} is not part of this package') }\nexport { ${names} }\n`
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './index.js' }),
  )
  await writeFile(join(folder, 'index.js'), text)
}

/** @param {string} path */
function packageName(path) {
  const [scope = '', name = ''] = path.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
