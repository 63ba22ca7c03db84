// The README as VS Code shows it on the extension's page, which reads neither pictures nor files of the folder.

const localPicture = /^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gm
const localLink = /\[([^\]]+)\]\((?!https?:|#)[^)]*\)/g

/** Without the pictures and links that would lead nowhere. @param {string} markdown */
export function packedReadme(markdown) {
  return markdown.replaceAll(localPicture, '').replaceAll(localLink, '$1')
}
