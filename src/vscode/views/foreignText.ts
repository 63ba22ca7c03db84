// Words of servers, models, files and proxies are text wherever they are shown: no links, pictures, icons or commands.

/** Control characters but tab and line feed, what turns the direction of writing around, and other invisible marks. */
const invisible =
  /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** With a visible sign in the place of each control or direction character; a carriage return before a line feed goes. */
export function visibleText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(invisible, nameOf)
}

/** Most names: signs of ASCII with single blanks between, which stay as they are. With a thousand models that is felt. */
const isPlain = /^[!-~]+(?: [!-~]+)*$/

/** For rows, names and what a screen reader says: one line. */
export function plainLine(text: string): string {
  if (isPlain.test(text)) return text
  return visibleText(text.replaceAll(/\s+/g, ' ')).trim()
}

/** Signs without which a line has no link, picture, icon or tag. */
const mayBeRead = /[[<]|\$\(/

/**
 * For places that read links, pictures or HTML in a text that has no way to escape them: VS Code's notifications, whose
 * links run commands, the errors of Chat, and the hovers of its model picker. One line that reads as before.
 */
export function inertText(text: string): string {
  const line = plainLine(text)
  if (!mayBeRead.test(line)) return line
  return line
    .replaceAll(/\](?=[([])/g, '] ')
    .replaceAll('![', '! [')
    .replaceAll(/\]:(?=\s*\S)/g, '] :')
    .replaceAll(/<(?=[a-z/!?])/gi, '‹')
    .replaceAll('$(', '$ (')
}
