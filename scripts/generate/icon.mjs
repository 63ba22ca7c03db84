// Draws media/icon.png from icon.svg: `node scripts/generate/icon.mjs` after the drawing has changed.
import { readFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import { chromiumFlags, requireChromium } from '../lib/chromium.mjs'

const size = 256
const media = new URL('../../media/', import.meta.url)
const drawing = await readFile(new URL('icon.svg', import.meta.url), 'utf8')
const browser = await chromium.launch({ executablePath: await requireChromium(), args: [...chromiumFlags] })
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`)
  await page.screenshot({ path: new URL('icon.png', media).pathname, omitBackground: true })
} finally {
  await browser.close()
}
